"""Log filters: keep secrets out of every log, and refusals short."""

import logging
import re

# also if a mail program broke or capitalized the link
_PRIVATE = re.compile(r"/(r|ack)\b.*", re.IGNORECASE | re.DOTALL)


def redact_private_links(text: str) -> str:
    return _PRIVATE.sub(lambda found: f"/{found[1].lower()}/…", text)


class PrivateLinkFilter(logging.Filter):
    """Redact the addresses of private pages (/r/…, /ack/…), which Django logs when it refuses a request."""

    def filter(self, record):
        record.msg, record.args = redact_private_links(record.getMessage()), ()
        return True


class RefusalFilter(logging.Filter):
    """Log a request that we refused in one line: nothing broke, so there is nothing to trace.

    For a page that someone may not open the line names the pattern of the address: the address may hold what was typed.
    """

    def filter(self, record):
        status, request = getattr(record, "status_code", 0), getattr(record, "request", None)
        if 400 <= status < 500:
            record.exc_info = record.exc_text = None
        if status == 403 and getattr(request, "resolver_match", None):
            record.args = (*record.args[:-1], f"/{request.resolver_match.route}")
        return True
