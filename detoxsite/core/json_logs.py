"""Log lines as JSON, for programs that collect them (LOG_FORMAT=json). What is not on the lists here does not leave.

Our own messages name types, jobs and counts, and never content, so they are written as they are. What other libraries
put into a message may be an address or what someone typed: of theirs only the template is written, where the library is
known to use one, and never its arguments. Of an exception there is the type and where it was raised, not what it says.
"""

import json
import logging
import re
import traceback
from datetime import UTC, datetime

from .log_filters import redact_private_links

OUR_LOGGERS = ("detoxsite", "articles", "intake", "testimonials")
TEMPLATE_LOGGERS = ("django.request", "django.server", "waitress")  # their first argument is a constant
REQUEST_ID = re.compile(r"[0-9a-f]{16,64}")  # as nginx makes them; visitors may send anything
MAX_FRAMES = 12  # the innermost; the outer ones are the same for every request


class JsonFormatter(logging.Formatter):
    """One line for each record: ``time`` (ISO 8601, UTC), ``level``, ``logger``, ``message`` and, where there is one,
    ``status``, ``view``, ``request_id``, ``exception`` (type) and ``trace`` (file, line and function, innermost last).
    """

    def format(self, record) -> str:
        fields = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": _message(record),
            **_about_request(record),
            **_about_exception(record),
        }
        return json.dumps({name: value for name, value in fields.items() if value}, ensure_ascii=False)


def _message(record) -> str:
    if _is_of(record.name, OUR_LOGGERS):
        return redact_private_links(record.getMessage())
    return record.msg if _is_of(record.name, TEMPLATE_LOGGERS) and isinstance(record.msg, str) else ""


def _is_of(name: str, loggers: tuple[str, ...]) -> bool:
    return any(name == logger or name.startswith(f"{logger}.") for logger in loggers)


def _about_request(record) -> dict:
    request = getattr(record, "request", None)
    match = getattr(request, "resolver_match", None)
    request_id = getattr(request, "META", {}).get("HTTP_X_REQUEST_ID", "")
    status = getattr(record, "status_code", None)
    return {
        "status": status if isinstance(status, int) else None,
        "view": match.view_name if match else "",
        "request_id": request_id if REQUEST_ID.fullmatch(request_id) else "",
    }


def _about_exception(record) -> dict:
    kind, _, trace = record.exc_info or (None, None, None)
    if kind is None:
        return {}
    if 400 <= getattr(record, "status_code", 0) < 500:  # refused: nothing broke
        return {"exception": kind.__name__}
    frames = traceback.extract_tb(trace)[-MAX_FRAMES:]
    return {"exception": kind.__name__, "trace": [f"{at.filename}:{at.lineno} {at.name}" for at in frames]}
