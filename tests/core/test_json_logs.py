"""LOG_FORMAT=json: only fields on the list leave, and nothing that a visitor typed."""

import ast
import json
import logging
from pathlib import Path

import pytest
from django.test import RequestFactory
from django.urls import resolve

from detoxsite.core.json_logs import OUR_LOGGERS, JsonFormatter

ROOT = Path(__file__).resolve().parents[2]
CANARY = "ana@example.org"
FIELDS = {"time", "level", "logger", "message", "status", "view", "request_id", "exception", "trace"}


class Kept(logging.Handler):
    def __init__(self):
        super().__init__()
        self.lines = []
        self.setFormatter(JsonFormatter())

    def emit(self, record):
        self.lines.append(self.format(record))


@pytest.fixture
def log(monkeypatch):
    """What the root logger writes as JSON, with no other handler, as in the settings."""
    handler = Kept()
    monkeypatch.setattr(logging.root, "handlers", [handler])
    return handler.lines


def only(lines):
    [line] = lines
    assert CANARY not in line
    assert "\n" not in line
    fields = json.loads(line)
    assert fields.keys() <= FIELDS
    return fields


def test_a_message_of_ours_is_whole_with_the_time_in_utc(log):
    logging.getLogger("intake.reception").warning("A request goes to the disk: %s", "OperationalError")

    fields = only(log)
    assert fields.pop("time").endswith("+00:00")
    assert fields == {
        "level": "WARNING",
        "logger": "intake.reception",
        "message": "A request goes to the disk: OperationalError",
    }


def test_a_private_address_in_one_is_redacted(log):
    logging.getLogger("testimonials").warning("Refused: %s", "/r/secret-token/")

    assert only(log)["message"] == "Refused: /r/…"


def test_of_django_only_the_template_leaves_with_status_view_and_request_id(log):
    path = f"/admin/detoxsite/user/{CANARY}/change/"
    request = RequestFactory().get(path, {"q": CANARY}, HTTP_X_REQUEST_ID="0123456789abcdef")
    request.resolver_match = resolve("/healthz")
    extra = {"status_code": 403, "request": request}
    logging.getLogger("django.request").warning("Forbidden (Permission denied): %s", path, extra=extra)

    fields = only(log)
    assert fields["message"] == "Forbidden (Permission denied): %s"
    assert (fields["status"], fields["view"], fields["request_id"]) == (403, "healthz", "0123456789abcdef")


@pytest.mark.parametrize("identifier", [CANARY, "0123456789abcdef\n", "x" * 40])
def test_a_request_id_of_another_form_does_not_leave(log, identifier):
    request = RequestFactory().get("/", HTTP_X_REQUEST_ID=identifier)
    logging.getLogger("django.request").warning("Not Found: %s", "/", extra={"request": request, "status_code": 404})

    assert "request_id" not in only(log)


@pytest.mark.parametrize("logger", ["django.security.DisallowedModelAdminLookup", "some.library", "intakes", "root"])
def test_of_others_no_message_leaves_it_may_be_formatted_already(log, logger):
    logging.getLogger(logger).error(f"Filtering by {CANARY} not allowed")  # noqa: G004

    assert "message" not in only(log)


def test_of_an_exception_the_type_and_the_place_leave(log):
    try:
        raise ValueError(CANARY)
    except ValueError:
        logging.getLogger("articles.jobs").exception("The page of edition %s could not be rendered.", 7)

    fields = only(log)
    assert fields["exception"] == "ValueError"
    assert fields["trace"][-1].startswith(f"{__file__}:")


def test_fields_that_others_add_do_not_leave(log):
    logging.getLogger("detoxsite").warning("Done.", extra={"email": CANARY, "user": CANARY})

    assert only(log)["message"] == "Done."


def test_every_message_of_ours_is_a_template():
    """So that what is put into one is seen in the list of its arguments."""
    formatted = [
        f"{path}:{node.lineno}"
        for package in OUR_LOGGERS
        for path in (ROOT / package).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call)
        and getattr(getattr(node.func, "value", None), "id", "") == "logger"
        and not isinstance(node.args[node.func.attr == "log"], ast.Constant)
    ]

    assert formatted == []
