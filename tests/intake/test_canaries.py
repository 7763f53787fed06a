"""Canary text goes through every field, on every path; then everything the site wrote is searched for it."""

import base64
import contextlib
import html
import json
import os
import re
import signal
import subprocess
import sys
from urllib.parse import quote, quote_plus

import pytest

from detoxsite.ops.embedded_postgres import Postgres
from tests.fault_injection import HIDDEN, REFERENCE, Browser
from tests.site_process import ROOT

CODE = re.compile(r"\w{4}(?: \w{4}){3}(?=<)")
FIELDS = {
    "phone": "5550199 ext Quetzalfone",
    "email": "quetzalmail@example.org",
    "name": "Quetzalnom",
    "story": "Quetzalstory: the shaking began on Tuesday, and he had a seizure.",
}
STAFF_FIELDS = {"note": "Quetzalnote", "unsafe": "Quetzalunsafe", "never": "Quetzalnever", "answer": "Quetzalanswer"}
PORTAL_FIELDS = {"text": "Quetzalown written on the page of the person"}
CANARIES = [*FIELDS.values(), *STAFF_FIELDS.values(), *PORTAL_FIELDS.values()]

STAFF_SCRIPT = """
import sys, json
from detoxsite.core.encryption import sealing
from detoxsite.core.models import User
from intake import services
from intake.models import CallForHelp, ContactPlan, Message
fields = json.load(sys.stdin)
by = User.objects.get()
for call in CallForHelp.objects.real():
    call.current_answers()
    call.messages.update(seen_at=call.created_at)
    services.claim(call.pk, by=by)
    services.record_attempt(call.pk, by=by, outcome="no_answer", note=fields["note"], unsafe=fields["unsafe"])
    plan = ContactPlan(call=call, by=by)
    plan.seal({"never": fields["never"]})
    plan.save(force_insert=True)
    message = Message(call=call, by=by)
    message.seal({"text": fields["answer"]})
    own = sealing.PublicKey(bytes(call.return_key))
    message.sealed_for_author = own.seal({"text": fields["answer"]}, message.sealing_context("sealed_for_author"))
    message.save(force_insert=True)
"""


def hidden_fields(page: str) -> dict:
    return {name: html.unescape(value) for name, value in HIDDEN.findall(page)}


def send(browser, **fields) -> tuple[str, str]:
    """Send the form; returns the reference and the return code that were shown."""
    hidden = hidden_fields(browser.until(200, "GET", "/help/"))
    browser.until(302, "POST", "/help/", hidden | fields)
    page = browser.until(200, "GET", "/help/sent/")
    return REFERENCE.search(page)[1], CODE.search(page)[0]


def write_in_portal(browser, reference, code) -> None:
    hidden = hidden_fields(browser.until(200, "GET", "/help/own/"))
    browser.until(302, "POST", "/help/own/", hidden | {"reference": reference, "code": code})
    hidden = hidden_fields(browser.until(200, "GET", "/help/own/page/"))
    browser.until(302, "POST", "/help/own/write/", hidden | PORTAL_FIELDS)


@contextlib.contextmanager
def frozen_database(site):
    family = [site.postgres(), *site.postgres_backends()]
    for pid in family:
        os.kill(pid, signal.SIGSTOP)
    yield
    for pid in family:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGCONT)


def work_as_staff(site) -> None:
    command = [sys.executable, "manage.py", "shell", "--no-imports", "-c", STAFF_SCRIPT]
    done = subprocess.run(
        command, cwd=ROOT, input=json.dumps(STAFF_FIELDS), env=site.environment, text=True, capture_output=True
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout == ""


def dump(site, target) -> None:
    """Make a backup the usual way."""
    server = Postgres(site.var / "postgres")
    with target.open("wb") as file:
        subprocess.run(server._command("pg_dump", server.url), check=True, stdout=file)


@pytest.mark.site
def test_no_personal_content_is_left_anywhere(site):
    site.start()
    assert (
        site.run("detoxsite.ops.process_manager", "manage", "staff", "nurse@example.org", "--role", "admissions").wait(
            60
        )
        == 0
    )
    browser = Browser(site.port)

    # refused first: an invalid address, a form without its token
    hidden = hidden_fields(browser.until(200, "GET", "/help/"))
    assert browser.ask("POST", "/help/", hidden | FIELDS | {"email": "quetzalmail"})[0] == 422
    assert browser.ask("POST", "/help/", FIELDS)[0] == 403
    # then accepted, and in the portal
    reference, code = send(browser, **FIELDS)
    write_in_portal(browser, reference, code)
    # through the spool on the disk
    with frozen_database(site):
        of_frozen, _ = send(Browser(site.port), **FIELDS, language="es")
        spooled = list((site.var / "calls/spool").glob("*.json"))
        # under load, the request before it or the synthetic check can be on the disk as well
        assert len(found_in(spooled, [of_frozen])) == 1
        assert found_in(spooled, CANARIES) == []
    site.until(lambda: not list((site.var / "calls/spool").glob("*.json")))
    work_as_staff(site)
    site.until(lambda: list((site.var / "mail").glob("*")))
    pages = [browser.ask("GET", path)[1] for path in ("/readyz", "/healthz", "/", "/nope/", "/help/", "/sitemap.xml")]
    dump(site, site.var / "backup.sql")
    site.process.terminate()
    assert site.process.wait(60) == 0

    files = [path for path in site.var.rglob("*") if path.is_file()]
    assert found_in(files, [*CANARIES, code.replace(" ", "")]) == []
    assert [canary for canary in CANARIES for text in pages if canary in text] == []
    # the reference, which may be readable, is found everywhere: the search would have found the canaries too
    places = {path.relative_to(site.var).parts[0] for path, _ in found_in(files, [reference])}
    assert places >= {"postgres", "calls", "mail", "backup.sql"}


def found_in(files, canaries) -> list:
    """Which of the canaries are in which file, in any encoding."""
    encoded = {canary: encodings(canary) for canary in canaries}
    found = []
    for path in files:
        content = path.read_bytes()
        found += [(path, canary) for canary in canaries if any(form in content for form in encoded[canary])]
    return found


def encodings(text: str) -> set[bytes]:
    """The forms in which a text, or its longest word, may appear in a file."""
    word = max(text.split(), key=len)
    plain = {word.encode(), word.lower().encode(), word.encode("utf-16-le"), word.encode().hex().encode()}
    shifted = {base64.b64encode(b"x" * shift + word.encode())[4:-4] for shift in range(3)}
    return plain | shifted | {quote(text).encode(), quote_plus(text).encode(), text.replace(" ", "").encode()}
