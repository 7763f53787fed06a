"""The database of the tests: the embedded server made quick, one migrated template, and initial rows put back.

An app, so that its ``flush`` takes the place of Django's (tests/settings.py).
"""
