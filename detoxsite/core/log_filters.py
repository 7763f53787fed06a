"""Log filters: keep secrets out of every log."""

import logging
import re

_PRIVATE = re.compile(r"/r\b.*", re.IGNORECASE | re.DOTALL)  # also if a mail program broke or capitalized the link


class PrivateLinkFilter(logging.Filter):
    """Redact the addresses of private pages (/r/…), which Django logs when it refuses a request."""

    def filter(self, record):
        record.msg, record.args = _PRIVATE.sub("/r/…", record.getMessage()), ()
        return True
