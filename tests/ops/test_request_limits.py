"""Requests that are too large or unreadable, sent to the real web server over a socket."""

import re
import socket
from types import SimpleNamespace

import pytest
from waitress.adjustments import Adjustments
from waitress.buffers import OverflowableBuffer

from articles.models import Video
from detoxsite.core import upload_pass
from detoxsite.core.images import MAX_SIZE
from detoxsite.ops import request_limits
from detoxsite.ops.request_limits import Channel, LimitedBody
from tests.articles.media import mp4_bytes
from tests.core.public_forms.test_forms import REVIEW, VALID, form

MEGABYTE = 1024 * 1024
WORDS = "They sat with me until it got light, and nobody asked for my insurance card."
BOUNDARY = "----a4f1"


def multipart(fields, files):
    """The pieces of a form as a browser sends it. ``files``: (name, size) after the first field."""
    parts = [
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, values in fields.items()
        for value in (values if isinstance(values, list) else [values])
    ]
    for name, size in files:
        head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"; filename="IMG_0177.HEIC"\r\n'
        content = [b"\r\n--" * (MEGABYTE // 4)] * (size // MEGABYTE)  # what could be taken for a boundary
        parts[1:1] = [head.encode() + b"Content-Type: image/heic\r\n\r\n", *content, b"\r\n"]
    return [*parts, f"--{BOUNDARY}--\r\n".encode()]


def headers_for(pieces):
    length = str(sum(len(piece) for piece in pieces))
    return {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}", "Content-Length": length}


def assert_our_page(answer, status):
    assert answer[0] == status
    assert answer[1]["Content-Type"].startswith("text/html")
    assert answer[1]["Connection"] == "close"
    assert 'href="tel:911"' in answer[2]
    assert "default-src 'none'" in answer[1]["Content-Security-Policy"]


def test_with_a_photo_that_is_too_large_the_form_comes_back_with_every_word(server, client):
    fields = {**form(client, REVIEW), **VALID[REVIEW], "words": WORDS, "email": "sam@example.org"}
    pieces = multipart(fields, [("photo", 80 * MEGABYTE)])
    chunked = {"Content-Type": headers_for(pieces)["Content-Type"]}

    for headers, options in ((headers_for(pieces), {}), (chunked, {"encode_chunked": True})):
        if options:
            headers = {**headers, "Transfer-Encoding": "chunked"}
        status, _, page = server("POST", REVIEW, iter(pieces), headers, **options)

        assert status == 422
        assert "This picture is larger than 25 MB. Choose a smaller one." in page.split('id="id_photo_error"')[1][:300]
        assert WORDS in page
        assert 'value="sam@example.org"' in page


def test_in_the_picture_library_the_form_comes_back_too(server, as_role):
    client = as_role("editor")
    page = client.get("/admin/articles/picture/add/").content.decode()
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)[1]
    fields = {"csrfmiddlewaretoken": token, "title": "Stairs", "alt": "Six steps.", "credit": "us"}
    pieces = multipart({**fields, "image_ppoi": "0.5x0.5"}, [("image", 60 * MEGABYTE)])
    cookies = "; ".join(f"{name}={morsel.value}" for name, morsel in client.cookies.items())

    status, _, page = server(
        "POST", "/admin/articles/picture/add/", iter(pieces), headers_for(pieces) | {"Cookie": cookies}
    )

    assert status == 200
    assert "larger than 25 MB" in re.search(r'<ul class="errorlist" id="id_image_error".*?</ul>', page, re.DOTALL)[0]
    assert all(f'value="{typed}"' in page for typed in ("Stairs", "Six steps.", "us"))


def test_what_is_too_large_in_another_way_is_answered_by_our_page(server, client):
    two_files = multipart(
        {**form(client, REVIEW), **VALID[REVIEW]}, [("photo", 20 * MEGABYTE), ("more", 20 * MEGABYTE)]
    )
    long_text = multipart({**form(client, REVIEW), "words": "word " * MEGABYTE}, [])
    plain = {"Content-Type": "application/x-www-form-urlencoded"}

    for pieces, status in ((two_files, 413), (long_text, 413)):
        answer = server("POST", REVIEW, iter(pieces), headers_for(pieces))
        assert answer[0] == status
        assert "That is too large to send" in answer[2]
    assert_our_page(server("POST", "/help/", b"words=" + b"x" * 40 * MEGABYTE, plain), 413)
    assert_our_page(server("POST", "/help/", b"words=", plain | {"Content-Length": str(1 << 40)}), 413)
    assert server("POST", "/help/", b"words=" + b"x" * 3 * MEGABYTE, plain)[0] == 413
    assert server("POST", "/help/", b"&x=1" * 20_000, plain)[0] == 413  # too many fields


def test_a_video_is_received_with_a_pass_and_refused_beside_its_field_where_it_is_too_large(
    server, as_role, settings, tmp_path
):
    settings.VIDEO_MAX_MB, settings.MEDIA_ROOT = 30, tmp_path
    client = as_role("editor")
    page = client.get(upload_pass.PATH).content.decode()
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)[1]
    fields = {"csrfmiddlewaretoken": token, "title": "A tour of the house", "language": "en"}
    cookies = "; ".join(f"{name}={morsel.value}" for name, morsel in client.cookies.items())

    def send(size):
        pieces = multipart(fields, [])
        head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="tour.mp4"\r\n\r\n'.encode()
        pieces[:0] = [head, mp4_bytes(size=size), b"\r\n"]
        return server("POST", upload_pass.PATH, iter(pieces), headers_for(pieces) | {"Cookie": cookies})

    status, _, page = send(40 * MEGABYTE)
    assert status == 200
    assert "This video is larger than 30 MB." in re.search(r'id="id_file_error".*?</ul>', page, re.DOTALL)[0]
    assert 'value="A tour of the house"' in page

    assert send(29 * MEGABYTE)[0] == 302
    assert Video.objects.get().size > 29 * MEGABYTE


def test_a_video_of_two_gigabytes_is_refused_before_anything_of_it_is_sent(server, as_role):
    client = as_role("editor")
    client.get(upload_pass.PATH)
    cookies = "; ".join(f"{name}={morsel.value}" for name, morsel in client.cookies.items())
    head = f"POST {upload_pass.PATH} HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: {cookies}\r\nContent-Length: {2 << 30}\r\n"

    with socket.create_connection(("127.0.0.1", server.port), timeout=30) as connection:
        connection.sendall(f"{head}Content-Type: multipart/form-data; boundary={BOUNDARY}\r\n\r\n".encode())
        answer = b"".join(iter(lambda: connection.recv(65536), b"")).decode()

    assert answer.startswith("HTTP/1.1 413 ")
    assert "That is too large to send" in answer
    assert "where your text should still be" in answer


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"GET / HTTP/1.1\r\nHost: x\r\nCookie: " + b"a" * 40_000 + b"\r\n\r\n", 431),
        (b"hello\r\n\r\n", 400),
        (b"POST /help/ HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\n\r\n", 400),
        (b"POST /help/ HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", 400),
        (b"POST /help/ HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip\r\n\r\n", 501),
    ],
)
def test_what_the_server_cannot_read_is_answered_by_our_page(server, sent, status):
    with socket.create_connection(("127.0.0.1", server.port), timeout=30) as connection:
        connection.sendall(sent)
        answer = b"".join(iter(lambda: connection.recv(65536), b"")).decode()

    assert answer.startswith(f"HTTP/1.{answer[7]} {status} ")
    assert "content-type: text/html" in answer.lower()
    assert 'href="tel:988"' in answer


def test_a_visitor_who_hangs_up_early_does_not_take_the_server_along():
    """The connection reports both that it ended and that an answer can be written, and waitress closes it for each."""
    ours, theirs = socket.socketpair()
    theirs.sendall(b"GET / HTTP/1.1\r\n")
    channel = Channel(SimpleNamespace(active_channels={}), ours, ("127.0.0.1", 1), Adjustments(), map={})

    channel.handle_close()
    channel.handle_close()

    assert ours.fileno() == -1
    theirs.close()


# --- the buffer ------------------------------------------------------------------------------------------------------


def kept(pieces, boundary=BOUNDARY):
    body = LimitedBody(OverflowableBuffer(10 * request_limits.MAX_BODY), boundary.encode())
    for piece in pieces:
        body.append(piece)
    body.finish()
    return body.getfile().read(), body.is_too_large


def test_a_body_within_the_limits_is_kept_as_it_is_however_it_arrives():
    whole = b"".join(multipart({"a": "1", "b": f"\r\n--{BOUNDARY[:-1]}\r\n--"}, [])) + b"\r\n-"
    for size in (1, 2, 3, 7, 11, 64, len(whole)):
        assert kept(whole[at : at + size] for at in range(0, len(whole), size)) == (whole, False)
    assert kept([whole], "") == (whole, False)


def test_only_the_part_that_is_too_large_is_cut():
    before, after = multipart({"a": "1"}, [])[0], multipart({"b": "2"}, [])
    start = b"--" + BOUNDARY.encode() + b"\r\n\r\n"
    pieces = [before, start, *[b"x" * MEGABYTE] * 90, b"\r\n", *after]

    body, is_too_large = kept(pieces)

    assert MAX_SIZE < len(body) < request_limits.MAX_BODY
    assert body.startswith(before)
    assert body.endswith(b"x\r\n" + b"".join(after))
    assert not is_too_large
