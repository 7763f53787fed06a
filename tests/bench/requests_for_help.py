"""The help form under load: every 302 has to be a stored request of its own that staff can open."""

import html
import re
import secrets
import time
from urllib.parse import urlencode

from . import content, rows
from .bench import Bench
from .load import Slice, Target
from .rows import Goal

TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
STORY = "I drink every day and I want to stop. My hands shake in the morning. " * 4
MOST = 8_000  # requests prepared for a slice
STORED_WITHIN = 120  # seconds


class Form:
    """Requests for help, each with a key and a phone number of its own."""

    def __init__(self, bench: Bench) -> None:
        self.bench, self.stories, self.accepted = bench, [], 0
        page = content.fetch(bench.site.port, "/help/")[1].decode()
        self.token = html.unescape(TOKEN.search(page)[1])

    def post(self) -> Target:
        mark = secrets.token_hex(8)
        answers = {
            "csrfmiddlewaretoken": self.token,
            "key": secrets.token_urlsafe(18),
            "phone": f"(212) 555-{secrets.randbelow(10_000):04}",
            "name": "Sam",
            "substances": "alcohol",
            "recent": "yes",
            "story": f"{STORY} {mark}",
        }
        self.stories.append(mark)
        return Target("/help/", method="POST", body=urlencode(answers), status=302)

    def measure(self) -> Slice:
        count = min(MOST, max(200, int(self.bench.effort.seconds * 1_500)))
        found = self.bench.slice(self.bench.site.port, [self.post() for _ in range(count)], is_once=True)
        self.accepted += found.statuses.get("302", 0)
        return found

    def wait_until_stored(self) -> int:
        """As ``stored``, once the worker has taken over what was acknowledged from disk, but STORED_WITHIN at most."""
        deadline = time.monotonic() + STORED_WITHIN
        while (found := self.stored()) < self.accepted and time.monotonic() < deadline:
            time.sleep(1)
        return found

    def stored(self) -> int:
        """How many of the requests are stored and can be opened, each with its own words."""
        from intake.models import CallForHelp

        sent, opened = set(self.stories), set()
        for call in CallForHelp.objects.real().filter(is_sample=False).iterator(chunk_size=500):
            opened.add(call.payload["story"].rpartition(" ")[2])
        return len(opened & sent)


def help_form(bench: Bench) -> None:
    form = Form(bench)
    [row] = bench.compare({"help form sent": (form.measure, Goal(0.20))})
    stored = form.wait_until_stored()
    row.details.append(f"{form.accepted:,} acknowledged, {stored:,} stored and opened")
    if stored != form.accepted:
        row.faults[rows.NOT_STORED] = abs(form.accepted - stored)
    bench.add(row)
