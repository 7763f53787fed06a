"""The database backend of settings.DATABASES: Django's for PostgreSQL, with a health check that costs no query."""

import select

from django.db.backends.postgresql import base


class DatabaseWrapper(base.DatabaseWrapper):
    def is_usable(self):
        """Whether the connection works. Django calls this before the first query of each request.

        A server that ends a connection says so and closes the socket, which makes it readable. Where there is nothing
        to read, and no error occurred, the server is not asked.
        """
        if self.connection is None or self.connection.closed:
            return False
        if self.errors_occurred or self._is_readable():
            return super().is_usable()
        return True

    def _is_readable(self) -> bool:
        poller = select.poll()  # select.select ends at 1,024 descriptors
        poller.register(self.connection.fileno(), select.POLLIN)
        return bool(poller.poll(0))
