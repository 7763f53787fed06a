"""The database backend of settings.DATABASES: Django's for PostgreSQL, with shared connections.

A health check costs no query. A password that was changed in its file is read again.
"""

import contextlib

import dj_database_url
from django.conf import settings
from django.db import DEFAULT_DB_ALIAS
from django.db.backends.postgresql import base
from django.db.backends.postgresql.psycopg_any import IsolationLevel
from psycopg2 import DataError, OperationalError, ProgrammingError

from .. import db_timeout, read_replica, secret_files
from . import connection_pool

PLACE = ("USER", "PASSWORD", "HOST", "PORT")  # what a changed secret changes; the name of the database stays


class DatabaseWrapper(base.DatabaseWrapper):
    secret = ""  # which secret it connects with, if not the usual one

    def __init__(self, settings_dict, alias=DEFAULT_DB_ALIAS):
        super().__init__(settings_dict, alias)
        if alias == read_replica.ALIAS:
            self.secret = "DATABASE_REPLICA_URL"  # noqa: S105 its name
        self.is_shared = True

    def use_directly(self) -> None:
        """From now on keep a connection of this thread's own, past a pooler if there is a way (DATABASE_DIRECT_URL)."""
        self.close()
        self.is_shared = False
        self.settings_dict = {**self.settings_dict, "CONN_MAX_AGE": None}
        if settings.DATABASE_DIRECT_URL:
            self.secret = "DATABASE_DIRECT_URL"  # noqa: S105 its name
            options = dj_database_url.parse(settings.DATABASE_DIRECT_URL).get("OPTIONS", {})
            timeout = self.settings_dict["OPTIONS"].get("connect_timeout", 3)
            self.settings_dict["OPTIONS"] = {"connect_timeout": timeout, **options}  # such as the folder of a socket
            self.settings_dict.update(_place(settings.DATABASE_DIRECT_URL))

    @property
    def keeps_session(self) -> bool:
        """Whether what is set, prepared or listened to on a connection is still there at the next statement."""
        return settings.KEEPS_SESSION or self.secret == "DATABASE_DIRECT_URL"  # noqa: S105 its name

    def get_new_connection(self, conn_params):
        pool = connection_pool.current(self.alias) if self.is_shared else None
        if pool is None:
            return self._connect(conn_params)
        self.isolation_level = IsolationLevel.READ_COMMITTED  # as Django would note it
        return pool.take(lambda: self._connect_to_share(conn_params))

    def _close(self):
        pool = connection_pool.current(self.alias) if self.is_shared else None
        if pool is None or self.connection is None:
            return super()._close()
        if self.in_atomic_block:  # what comes inside the block must fail, not go on among the statements of another
            super()._close()
        return pool.give_back(self.connection)

    def _connect(self, conn_params):
        try:
            return super().get_new_connection(conn_params)
        except db_timeout.DatabaseTimeout:
            raise
        except OperationalError:
            if not self._read_secret_again():
                raise
            return super().get_new_connection(self.get_connection_params())

    def _connect_to_share(self, conn_params):
        """Also let the server notice within a second that we gave up: else its process waits on, and takes a place."""
        new = self._connect(conn_params)
        if settings.KEEPS_SESSION:
            new.autocommit = True
            with contextlib.suppress(DataError, ProgrammingError), new.cursor() as cursor:  # not on every system
                cursor.execute("SET client_connection_check_interval = '1s'")
        return new

    def _read_secret_again(self) -> bool:
        """Take over what changed in the file of the secret since the start. Returns whether anything did."""
        try:
            url = secret_files.read(self.secret or settings.DATABASE_SECRET)
            place = _place(url) if url else {}
        except (secret_files.UnreadableSecret, ValueError):
            return False
        if all(self.settings_dict[name] == value for name, value in place.items()):
            return False
        self.settings_dict.update(place)  # one dictionary for the connections of all threads
        return True

    def is_usable(self):
        """Whether the connection works. Django calls this before the first query of each request.

        Where there is nothing to read, and no error occurred, the server is not asked.
        """
        if self.connection is None or self.connection.closed:
            return False
        if self.errors_occurred or connection_pool.is_readable(self.connection):
            return super().is_usable()
        return True


def _place(url: str) -> dict:
    parsed = dj_database_url.parse(url)
    return {name: parsed[name] for name in PLACE}
