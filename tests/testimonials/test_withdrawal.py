"""A withdrawn review is gone: from kept pages of the site at once, and within a minute behind a caching proxy."""

import gzip
import http.client
import json
import os
import subprocess
import sys
import time
from typing import NamedTuple

import pytest

from detoxsite.core.http_cache import BROWSER_MAX_AGE, PROXY_MAX_AGE
from tests.site_process import ROOT, free_port

pytestmark = pytest.mark.site

NGINX = "/usr/sbin/nginx"
PROMISED = 60  # seconds
WORDS = "Zebra words that their author will withdraw."
PUBLISH = """
import base64, io, json
from PIL import Image
from detoxsite.core.models import User
from testimonials.models import Photo
from testimonials.services import author, moderation, submission

picture = io.BytesIO()
Image.effect_noise((300, 200), 90).convert("RGB").save(picture, "JPEG")
photo = Photo()
photo.seal({"file": base64.b64encode(picture.getvalue()).decode(), "kind": "jpeg"})
photo.save(force_insert=True)
review = submission.submit(
    key="k" * 20, words=WORDS, email="writer@example.org", relationship="stayed", allow=["words", "photo"], photo=photo
)
author.confirm(review.pk)
moderator = User.objects.create_user("moderator@example.org", None, is_staff=True)
review = moderation.approve(review.pk, by=moderator, version=1, with_photo=True)
print(json.dumps({"pk": review.pk, "photo": review.shown_photo.url}))
"""
WITHDRAW = """
from testimonials.models import Testimonial
from testimonials.services import author
author.withdraw(Testimonial.objects.get().pk, how="by phone")
"""
CONFIGURATION = """
{user}
daemon off;
worker_processes 1;
pid {folder}/pid;
error_log {folder}/error.log;
events {{ worker_connections 64; }}
http {{
  access_log off;
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  proxy_cache_path {folder}/cache keys_zone=pages:1m;
  server {{
    listen 127.0.0.1:{port};
    location / {{
      proxy_pass http://127.0.0.1:{site};
      proxy_set_header Host $http_host;
      proxy_cache pages;
      add_header X-Cache-Status $upstream_cache_status always;
    }}
  }}
}}
"""


class Answer(NamedTuple):
    status: int
    body: bytes
    from_cache: bool

    @property
    def is_gone(self):
        return self.status == 410 or (self.status == 200 and b"Zebra" not in self.body)


def get(port, path, encoding="gzip") -> Answer:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request("GET", path, headers={"Accept-Encoding": encoding})
        response = connection.getresponse()
        body = response.read()
    finally:
        connection.close()
    if response.headers["Content-Encoding"] == "gzip":
        body = gzip.decompress(body)
    return Answer(response.status, body, response.headers["X-Cache-Status"] == "HIT")


def run_on_staff_site(site, code) -> str:
    command = [sys.executable, "manage.py", "shell", "--no-imports", "-c", f"WORDS = {WORDS!r}\n{code}"]
    done = subprocess.run(command, cwd=ROOT, env=site.environment, text=True, capture_output=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture
def site(site):
    return site.start()


@pytest.fixture
def proxy(site, tmp_path_factory):
    """The port of an nginx that caches what the headers of the site allow."""
    folder, port = tmp_path_factory.mktemp("nginx"), free_port()
    user = "user root;" if os.getuid() == 0 else ""
    (folder / "conf").write_text(CONFIGURATION.format(user=user, folder=folder, port=port, site=site.port))
    server = subprocess.Popen([NGINX, "-p", folder, "-c", folder / "conf", "-e", folder / "error.log"])
    site.until(lambda: (folder / "pid").exists() and get(port, "/healthz").status == 200)
    yield port
    server.terminate()
    server.wait()


def published(site) -> list[str]:
    """Publish a review; return the addresses that show it."""
    made = json.loads(run_on_staff_site(site, PUBLISH))
    return ["/", "/reviews/", f"/reviews/{made['pk']}/", made["photo"]]


def test_on_the_site_it_is_gone_from_the_pages_that_were_kept(site):
    urls = published(site)
    before = [get(site.port, url) for url in urls]

    run_on_staff_site(site, WITHDRAW)
    for _ in range(4):  # in both processes
        site.until(lambda: [get(site.port, url).status for url in urls] == [200, 200, 410, 410])

    after = [get(site.port, url) for url in urls]
    assert [answer.status for answer in before] == [200, 200, 200, 200]
    assert [b"Zebra" in answer.body for answer in before[:3]] == [True, True, True]
    assert before[3].body.startswith(b"\xff\xd8\xff")
    assert [answer.status for answer in after] == [200, 200, 410, 410]
    assert [b"Zebra" in answer.body for answer in after] == [False, False, False, False]


@pytest.mark.skipif(not os.path.exists(NGINX), reason=f"no nginx at {NGINX}: withdrawal is not measured behind a proxy")
def test_behind_a_proxy_it_is_gone_within_a_minute(site, proxy):
    urls = [(url, encoding) for url in published(site) for encoding in ("gzip", "identity")]
    for _ in range(2):
        kept = [get(proxy, *url) for url in urls]
    assert [answer.status for answer in kept] == [200] * 8
    assert [answer.from_cache for answer in kept] == [True] * 8, "the proxy kept nothing: this would prove nothing"

    run_on_staff_site(site, WITHDRAW)

    began, seconds = time.monotonic(), {}
    while len(seconds) < len(urls):
        for url in urls:
            if url not in seconds and get(proxy, *url).is_gone:
                seconds[url] = time.monotonic() - began
        assert time.monotonic() - began < PROMISED, f"still there: {set(urls) - seconds.keys()}"
        time.sleep(0.25)
    slowest = max(seconds.values())
    sys.stdout.write(f"gone behind nginx after {slowest:.1f} s\n")  # pytest -rP shows it
    assert slowest < PROXY_MAX_AGE + 2
    assert slowest + BROWSER_MAX_AGE < PROMISED  # a browser may have fetched it from the proxy just before
    for _ in range(2):
        gone = [get(proxy, *url) for url in urls[4:]]
    assert [answer.status for answer in gone] == [410] * 4
    assert [answer.from_cache for answer in gone] == [True] * 4
