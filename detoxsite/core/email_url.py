"""The address of the mail server, EMAIL_URL, as settings of Django.

smtp+tls://user:password@host:587    encrypted after STARTTLS; also submission://
smtp+ssl://user:password@host:465    encrypted from the first byte
smtp://host:25                       not encrypted: for a server on this machine or network
console:, file:///folder, memory:, dummy:    for trials and tests
"""

from urllib.parse import urlsplit

import dj_email_url

TIMEOUT = 10  # seconds of waiting for the server
_SECURE = {"smtp+tls": {"EMAIL_USE_TLS": True}, "smtp+ssl": {"EMAIL_USE_SSL": True}}
_PORTS = {"smtp+tls": 587, "smtp+ssl": 465, "smtp": 25}
_BACKENDS = {"django.core.mail.backends.smtp.EmailBackend": "detoxsite.core.smtp.EmailBackend"}


def parse(url: str) -> dict:
    """The settings. Raises ValueError where the address begins with nothing known."""
    parts = urlsplit(url)
    try:
        port = parts.port or _PORTS.get(parts.scheme)
    except ValueError:  # its message may quote the password
        raise ValueError("EMAIL_URL has no whole address: write special characters of a password as %2F.") from None
    found = dj_email_url.parse(url.replace(parts.scheme, "smtp", 1) if parts.scheme in _SECURE else url)
    if "EMAIL_BACKEND" not in found:
        raise ValueError("EMAIL_URL has to begin with smtp+tls://, smtp+ssl://, submission:// or smtp://.")
    found["EMAIL_PORT"] = port or found["EMAIL_PORT"]
    found["EMAIL_TIMEOUT"] = found["EMAIL_TIMEOUT"] or TIMEOUT
    found["EMAIL_BACKEND"] = _BACKENDS.get(found["EMAIL_BACKEND"], found["EMAIL_BACKEND"])
    return found | _SECURE.get(parts.scheme, {})
