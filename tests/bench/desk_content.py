"""What a center of some years has beside articles, reviews and requests, and an article of sixty blocks."""

from datetime import timedelta

from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth import get_user_model
from django.contrib.contenttypes.models import ContentType
from django.utils import timezone

from articles import versions
from articles.menus import draft as menu_draft
from articles.models import (
    Callout,
    CenterFact,
    Edition,
    KeyFacts,
    Picture,
    PullQuote,
    Question,
    State,
    Step,
    Text,
)
from detoxsite.core.access_log import recording
from detoxsite.core.models import Redirect, RedirectHits
from intake.models import CallForHelp
from tests import factories

BLOCKS = 60
LONG_TITLE = "An article of sixty blocks"
REDIRECTS, PICTURES, PEOPLE, ACCOUNTS, PAGES, LOGGED, READ, FACTS = 2_000, 400, 60, 40, 120, 20_000, 2_000, 40
SAVES = 30  # versions of the long draft


def fill() -> Edition:
    """Add it all unless an earlier run has; return the draft of sixty blocks."""
    if found := Edition.objects.filter(title=LONG_TITLE, state=State.DRAFT).first():
        return found
    manager = get_user_model().objects.get(email="manager@example.org")
    _library()
    _redirects()
    _records(manager)
    for number in range(ACCOUNTS):
        factories.make_user("editor", first_name=f"Editor {number}")
    for number in range(PAGES):
        factories.make_page(f"page-{number}")
    menu_draft.start(by=manager)
    return long_draft(manager)


def long_draft(by) -> Edition:
    """A second edition with blocks of all common kinds, saved again and again, under a live one."""
    live = factories.make_live(slug="sixty-blocks", title=LONG_TITLE, sources=8, blocks=_blocks())
    draft = factories.make_draft(
        article=live.article, title=LONG_TITLE, sources=8, blocks=_blocks(), created_by=by, author=live.author
    )
    for number in range(1, SAVES + 1):
        Edition.objects.filter(pk=draft.pk).update(revision=number)
        draft.refresh_from_db()
        versions.keep(draft, by=by)
    return draft


def _blocks() -> list:
    body = "<p>Most people feel better after <strong>five to seven days</strong>. A nurse is there at night.[1]</p>"
    makers = (
        lambda: Text(body=f"<h2>What the first days are like</h2>{body * 3}"),
        lambda: Callout(tone="danger", title="Call 911", body=body),
        lambda: Text(body=f"{body}<ul><li>Water</li><li>Sleep</li></ul>"),
        lambda: KeyFacts(title="In short", rows="Length | 5 to 7 days\nCost | Ask us"),
        lambda: Question(title="May I bring my phone?", body=body),
        lambda: Step(label="Day 1", title="You arrive", body=body),
        lambda: PullQuote(quote="They sat with me until it got light.", attribution="A former patient"),
    )
    made = [makers[number % len(makers)]() for number in range(BLOCKS - 1)]  # the first is the draft's text
    for number, block in enumerate(made, 2):
        block.ordering = 10 * number
    return made


def _library() -> None:
    first = Picture.objects.first()
    Picture.objects.bulk_create(
        Picture(title=f"Room {number}", alt="A bed at a window.", credit="us", image=first.image.name)
        for number in range(PICTURES)
    )
    for number in range(PEOPLE):
        factories.make_person(name=f"Staff member {number}")
    CenterFact.objects.bulk_create(
        CenterFact(group="license", name=f"License {number}", value="No. 1") for number in range(FACTS)
    )


def _redirects() -> None:
    made = Redirect.objects.bulk_create(
        Redirect(path=f"/old/{number}", target="/privacy/") for number in range(REDIRECTS)
    )
    today = timezone.localdate()
    RedirectHits.objects.bulk_create(
        RedirectHits(redirect=one, day=today - timedelta(days=day), n=3) for one in made[::4] for day in range(20)
    )


def _records(manager) -> None:
    kind = ContentType.objects.get_for_model(Edition)
    keys = list(Edition.objects.values_list("pk", flat=True)[:LOGGED])
    change = {"action_flag": CHANGE, "change_message": '[{"changed": {"fields": ["Title"]}}]', "object_repr": "x"}
    LogEntry.objects.bulk_create(
        LogEntry(user=manager, content_type=kind, object_id=keys[number % len(keys)], **change)
        for number in range(LOGGED)
    )
    call = CallForHelp.objects.real().first()
    for _ in range(READ):
        recording.add_entry(manager, "read", call)
