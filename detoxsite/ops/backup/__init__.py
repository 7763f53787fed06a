"""Backup and restore: one file holds database, media, spool and journal, and proves that it is whole.

``archive`` is the file, ``encryption`` its age envelope, ``postgres_tools`` and ``snapshot`` the database, ``contents``
what a backup says about itself, ``create`` and ``restore`` the two directions. For operators: docs/backup.md.
"""
