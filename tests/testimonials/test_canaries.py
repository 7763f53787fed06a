"""Canaries in words, name, address and photo follow a review from end to end; then all files are searched for them."""

import base64
import http.client
import io
import json
import re
import secrets
import subprocess
import sys
from types import SimpleNamespace

import pytest
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart
from PIL import Image

from tests.core.public_forms.test_forms import carried
from tests.intake.test_canaries import dump, found_in
from tests.site_process import ROOT

SHOWN_WORDS, SHOWN_NAME = "Quetzalshownpassage", "Quetzalshownname"
SHOWN = [SHOWN_WORDS, SHOWN_NAME]
REMOVED, EMAIL, NOTE = "Quetzalremovedpassage", "quetzaladdress@example.org", "Quetzalnotetocolleagues"
PHOTO_CANARY, REPLY, REPORT = "Quetzalexifcomment", "quetzalanswered", "Quetzalreaderreport"
WORDS = f"They sat with me, {SHOWN_WORDS}, until it got light. {REMOVED} knows. They were kind to all of us."

DECIDE = """
import json, sys
from detoxsite.core.models import User
from testimonials.services import moderation
from testimonials.models import Photo, Testimonial
from testimonials.moderation.redaction import Kind, Removal
texts = json.load(sys.stdin)
by = User.objects.get()
review = Testimonial.objects.get()
moderation.propose(review.pk, by=by, version=1, reason="fake", note=texts["note"])
moderation.reject_proposal(review.pk, by=by, note=texts["note"])
start = review.versions.get().payload["words"].index(texts["removed"])
removal = Removal(start, start + len(texts["removed"]), Kind.NAME)
shown = moderation.approve(
    review.pk, by=by, version=1, removals=[removal], with_name=True, with_photo=True)
moderation.reply(review.pk, by=by, reply=texts["reply"])
print(json.dumps({"pk": review.pk, "photo": Photo.objects.get().payload["file"], "file": shown.shown_photo.name}))
"""


class Visitor:
    """Send forms, with files, as a browser does."""

    def __init__(self, port: int) -> None:
        self.port = port

    def ask(self, method: str, path: str, fields: dict | None = None) -> tuple[int, bytes]:
        body = encode_multipart(BOUNDARY, fields) if fields else None
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        connection.request(method, path, body, {"Content-Type": MULTIPART_CONTENT} if fields else {})
        answer = connection.getresponse()
        text = answer.read()
        connection.close()
        return answer.status, text

    def fields(self, path: str) -> dict:
        status, page = self.ask("GET", path)
        assert status == 200
        return carried(SimpleNamespace(content=page))

    def press(self, path: str) -> None:
        """Press the button of a portal page."""
        assert self.ask("POST", path, self.fields(path))[0] == 302

    def send(self, sent: dict) -> None:
        """Send the form unchanged, whatever the privacy check shows."""
        status, page = self.ask("POST", "/reviews/new/", sent)
        if status == 200:
            assert b"Before you send" in page
            status, _ = self.ask("POST", "/reviews/new/", carried(SimpleNamespace(content=page)))
        assert status == 302


def photo() -> io.BytesIO:
    """Noise, so that each piece of it is unique, with a canary in the camera metadata."""
    picture = Image.frombytes("RGB", (640, 480), secrets.token_bytes(640 * 480 * 3))
    exif = Image.Exif()
    exif[0x9286], exif[0x010E] = PHOTO_CANARY, PHOTO_CANARY
    file = io.BytesIO()
    picture.save(file, "JPEG", exif=exif, quality=80)
    file.seek(0)
    file.name = f"{PHOTO_CANARY}.jpg"
    return file


def shell(site, code, texts=None) -> str:
    command = [sys.executable, "manage.py", "shell", "--no-imports", "-c", code]
    done = subprocess.run(
        command, cwd=ROOT, input=json.dumps(texts), env=site.environment, text=True, capture_output=True
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def compact(site) -> str:
    command = [sys.executable, "manage.py", "compact_tables"]
    done = subprocess.run(command, cwd=ROOT, env=site.environment, text=True, capture_output=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


def files_of(folder, *, without=()) -> list:
    found = [path for path in folder.rglob("*") if path.is_file()]
    return [path for path in found if not any(f"/{part}/" in str(path) for part in without)]


def pieces_found(files, pieces) -> list:
    """Which of the pieces of bytes are in which file: raw, in hex or in base64."""
    found = []
    for path in files:
        content = path.read_bytes()
        for piece in pieces:
            encodings = {piece, piece.hex().encode()} | {base64.b64encode(b"x" * n + piece)[4:-4] for n in range(3)}
            found += [path] * any(form in content for form in encodings)
    return found


@pytest.mark.site
def test_a_review_is_readable_only_while_and_where_it_is_published(site, tmp_path):
    site.start()
    assert (
        site.run("detoxsite.ops.process_manager", "manage", "staff", "mod@example.org", "--role", "moderator").wait(90)
        == 0
    )
    visitor = Visitor(site.port)
    upload = photo()
    sent = {"words": WORDS, "shown_name": SHOWN_NAME, "email": EMAIL, "tie": "stayed", "stars": "4"}
    sent["allow"] = ["words", "name", "photo"]

    # refused first, then sent twice
    page = visitor.fields("/reviews/new/")
    assert visitor.ask("POST", "/reviews/new/", page | sent | {"email": "quetzaladdress"})[0] == 422
    assert visitor.ask("POST", "/reviews/new/", sent)[0] == 403
    visitor.send(page | sent | {"photo": upload})
    visitor.send(page | sent)
    site.until(lambda: list((site.var / "mail").glob("*")))
    mails = b"".join(path.read_bytes() for path in (site.var / "mail").iterdir())
    token = re.search(rb"/r/([\w-]{20,})/", mails)[1].decode()
    visitor.press(f"/r/{token}/confirm/")
    texts = {"note": NOTE, "removed": REMOVED, "reply": f"Thank you for these words. We read every review. {REPLY}"}
    decided = json.loads(shell(site, DECIDE, texts))

    # while it is published: its public parts, and nothing else
    status, page = visitor.ask("GET", "/reviews/")
    assert (status, [mark for mark in SHOWN if mark.encode() in page]) == (200, SHOWN)
    path = f"/media/{decided['file']}"
    assert path.encode() in page
    status, small = visitor.ask("GET", path)
    assert status == 200
    report_url = f"/reviews/{decided['pk']}/tell/"
    fields = visitor.fields(report_url) | {"kind": "other", "text": REPORT}
    status, answer = visitor.ask("POST", report_url, fields)
    assert status == 302, (fields, re.sub(r"<[^>]+>|  +", " ", answer.decode())[:3000])
    stored = base64.b64decode(decided["photo"])
    secret = [stored[at : at + 48] for at in (2000, len(stored) // 2, len(stored) - 2000)]
    secret += [upload.getvalue()[len(upload.getvalue()) // 2 :][:48]]
    public = [small[len(small) // 2 :][:48]]
    never = [REMOVED, EMAIL, NOTE, PHOTO_CANARY, REPORT, token]
    dump(site, tmp_path / "while-shown.sql")
    dumped = [tmp_path / "while-shown.sql"]
    assert found_in(dumped, never) == []
    assert {word for _, word in found_in(dumped, [*SHOWN, REPLY])} == {*SHOWN, REPLY}
    assert pieces_found(files_of(tmp_path), secret) == []
    assert {file.name for file in pieces_found(files_of(tmp_path), public)} == {decided["file"].split("/")[-1]}
    assert not any(mark.encode() in mails for mark in [*SHOWN, REMOVED, NOTE, REPLY])

    # withdrawn by its author
    visitor.press(f"/r/{token}/withdraw/")
    site.until(lambda: visitor.ask("GET", path)[0] == 410)  # in each web process within a second
    site.until(lambda: not any(mark.encode() in visitor.ask("GET", "/reviews/")[1] for mark in SHOWN))
    assert "Compacted: reviews" in compact(site)
    dumped[0].unlink()
    dump(site, tmp_path / "afterwards.sql")
    site.process.terminate()  # with a checkpoint
    assert site.process.wait(60) == 0

    everything = files_of(tmp_path)
    but_mail = files_of(tmp_path, without=["mail"])
    assert found_in(everything, [REMOVED, NOTE, PHOTO_CANARY, REPORT]) == []
    assert found_in(but_mail, [EMAIL, token]) == []
    assert pieces_found(everything, secret + public) == []
    # PostgreSQL's write-ahead log keeps a copy of shown content until it is overwritten
    assert found_in(files_of(tmp_path, without=["pg_wal"]), [*SHOWN, REPLY]) == []
    # the search would have found it: the address in the mail, an id in the database and its backup
    assert found_in(everything, [EMAIL]) != []
    message_id = re.search(rb"Message-ID: <([0-9a-f-]{36})@", mails)[1].decode()
    assert {file.name for file, _ in found_in(files_of(tmp_path), [message_id])} >= {"afterwards.sql"}
