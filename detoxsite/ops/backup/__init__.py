"""Backup and restore: one file holds database, media, spool and journal, and proves that it is whole.

``archive`` is the file, ``encryption`` its age envelope, ``postgres_tools`` and ``snapshot`` the database, ``create`` and
``restore`` the two directions, ``keys`` which keys open what is inside. For operators: docs/backup.md.
"""
