"""Both public forms flooded from one address, through the two web processes of a real site."""

import html
import http.client
import json
import re
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlencode

import pytest

from tests.core.public_forms.test_forms import HELP, REVIEW, VALID, hidden
from tests.site_process import ROOT

REVIEWS, REQUESTS = 26, 12  # more than one address may send in ten minutes: 20 and 8
DANGER = "He is on the floor right now, he is not breathing and his lips are blue. Number {}."
COUNT = """
import json
from intake.models import QUEUE_ORDER, CallForHelp, Channel
rows = CallForHelp.objects.open().filter(is_quarantined=False).one_row_each().order_by(*QUEUE_ORDER)
of_reviews = CallForHelp.objects.filter(channel=Channel.UNCONFIRMED_REVIEW)
print(json.dumps({
    "requests": CallForHelp.objects.exclude(channel=Channel.UNCONFIRMED_REVIEW).count(),
    "flagged": CallForHelp.objects.filter(spam_signals__contains="flood").count(),
    "reviews": of_reviews.count(),
    "rows": [row.channel for row in rows],
}))
"""


def ask(port, method, path, fields=None):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    kind = {"Content-Type": "application/x-www-form-urlencoded"} if fields else {}
    connection.request(method, path, urlencode(fields, doseq=True) if fields else None, kind)
    answer = connection.getresponse()
    status, page = answer.status, answer.read().decode()
    connection.close()
    return status, page


def send(port, path, number):
    fields = {name: html.unescape(value) for name, value in hidden(ask(port, "GET", path)[1]).items()}
    texts = {"words": DANGER.format(number)} if path == REVIEW else {"story": f"A bed for my son, number {number}."}
    return ask(port, "POST", path, {**fields, **VALID[path], **texts})[0]


@pytest.mark.site
def test_a_flood_through_two_processes_is_limited_and_stays_below_people(site, request):
    site.start()
    assert len(site.web_processes()) == 2
    began = time.monotonic()

    with ThreadPoolExecutor(4) as pool:
        reviews = list(pool.map(lambda number: send(site.port, REVIEW, number), range(REVIEWS)))
        requests = list(pool.map(lambda number: send(site.port, HELP, number), range(REQUESTS)))
    took = time.monotonic() - began
    shell = [sys.executable, "manage.py", "shell", "--no-imports", "-c", COUNT]
    done = subprocess.run(shell, cwd=ROOT, env=site.environment, text=True, capture_output=True)
    assert done.returncode == 0, done.stderr
    found = json.loads(re.search(r"\{.*\}", done.stdout)[0])

    line = f"{REVIEWS} reviews and {REQUESTS} requests in {took:.1f} s: {found}, {reviews.count(302)} reviews taken"
    request.config.get_terminal_writer().line(line)
    assert set(reviews) <= {302, 429, 503}, "503: the machine is busy, the browser tries again"
    assert 429 in reviews
    assert reviews.count(302) <= found["reviews"] <= 20
    assert requests.count(302) <= found["requests"], "what was answered is stored"
    assert found["flagged"] >= 1
    assert found["rows"].count("unproven") == 1
    assert found["rows"][-1] == "unproven"
