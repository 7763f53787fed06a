"""The test database: a fast embedded server, one migrated template, and initial rows restored after each test.

An app, so that its ``flush`` takes the place of Django's (tests/settings.py).
"""
