"""What must not get into a log."""

import logging
import re

_PRIVATE = re.compile(r"/r\b.*", re.IGNORECASE | re.DOTALL)  # also where a mail program broke or capitalized the link


class PrivateLinkFilter(logging.Filter):
    """Takes the secret out of the addresses of private pages (/r/…), which Django names when it refuses a request."""

    def filter(self, record):
        record.msg, record.args = _PRIVATE.sub("/r/…", record.getMessage()), ()
        return True
