"""What must not get into a log."""

import logging
import re

_PRIVATE = re.compile(r"/r/[^/\s]+")


class NoPrivateLinks(logging.Filter):
    """Takes the secret out of the addresses of private pages (/r/…), which Django names when it refuses a request."""

    def filter(self, record):
        record.msg, record.args = _PRIVATE.sub("/r/…", record.getMessage()), ()
        return True
