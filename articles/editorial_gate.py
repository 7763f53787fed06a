"""The editorial gate: runs the checks on an edition and decides what blocks submitting and signing off.

Red findings block both. Amber findings must be acknowledged at sign-off. Either can be waived as a false alarm; the
waiver is recorded and holds as long as the text it is about stays the same.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import BigIntegerField, Exists, Q, QuerySet
from django.urls import Resolver404, resolve
from django.utils import timezone
from django.utils.html import escape

from detoxsite.core import redirects, roles
from detoxsite.core.exceptions import Refused
from detoxsite.core.kept_queries import NOW, KeptQuery, Placeholder
from detoxsite.core.locking import locked

from . import checks
from .content import edition_snapshot
from .models import OPEN_STATES, Edition, EditionEvent, Kind, SitePart, State, Waiver, blocks_of

SIGNERS = {
    Kind.ARTICLE: {"clinician"},
    Kind.CLINICAL: {"clinician"},
    Kind.HOUSE: {"clinician", "editor", "manager"},
    Kind.HOME: {"clinician"},
}
"""The roles that may sign off each kind of document; never those who wrote it (services.sign_off)."""

_PATH = re.compile(r"/((?:[-\w]+/)+)")
DOCUMENTS = {"articles:article", "page"}  # names of the addresses behind which there may or may not be something
_WAY_TO_HELP = re.compile(r'href="(?:tel:|/help/)')
_PLAIN_LINES = {"opening": ("lead", "note"), "articlelist": ("lead",), "reviews": ("lead",)}
_CRISIS_LINES = "<p>Call 911. Call or text 988.</p>"  # of the fixed words, what the checks look for
_BODY_FIELDS = {  # the main text of a block, where not "body"
    **{"facts": ["rows"], "figure": ["caption"], "pull": ["quote"], "comparison": ["cells"]},
    **{"gallery": ["caption"], "download": ["note"], "video": ["caption", "transcript"]},
}


@dataclass(frozen=True)
class CheckResult:
    """Open findings by level, waived findings, and ``readability``."""

    red: list[checks.Finding]
    amber: list[checks.Finding]
    waived: list[tuple[checks.Finding, Waiver]]
    readability: checks.Readability


def check_snapshot(snapshot: dict, *, topic: str, edition: Edition | None = None) -> CheckResult:
    """Check a snapshot (see ``content.edition_snapshot``) of an article in the topic with this slug ("": a page).

    ``edition``: supplies the waivers, and the live edition of its article supplies the review date.
    """
    kind = edition.article.kind if edition else Kind.ARTICLE if topic else Kind.HOUSE
    live = _live_review_due_on.rows(now=timezone.now(), article=edition.article_id) if edition else []
    document = _as_document(snapshot, topic, kind, *(live or [(None,)])[0])
    waivers = {waiver.key: waiver for waiver in edition.waivers.select_related("by")} if edition else {}
    findings = checks.run_checks(document, today=timezone.localdate(), link_fault=_link_test(snapshot))
    is_open = [finding for finding in findings if finding.key not in waivers]
    return CheckResult(
        red=[finding for finding in is_open if finding.level == checks.Level.RED],
        amber=[finding for finding in is_open if finding.level == checks.Level.AMBER],
        waived=[(finding, waivers[finding.key]) for finding in findings if finding.key in waivers],
        readability=checks.measure_readability(document),
    )


def check_edition(edition: Edition, snapshot: dict | None = None) -> CheckResult:
    """Check an edition as stored. ``snapshot``: its snapshot, if the caller already has it."""
    snapshot = snapshot or edition_snapshot.from_edition(edition)
    return check_snapshot(snapshot, topic=_topic_of(edition), edition=edition)


@dataclass(frozen=True)
class Reading:
    """What one page reads of an edition."""

    blocks: list
    sources: list
    snapshot: dict
    result: CheckResult


def read_once(edition: Edition) -> Reading:
    """An edition that one page shows, and its findings: worked out once for this instance."""
    if not hasattr(edition, "reading"):
        blocks, sources = blocks_of(edition), list(edition.sources.order_by("position"))
        snapshot = edition_snapshot.from_parts(edition, blocks, sources)
        edition.reading = Reading(blocks, sources, snapshot, check_edition(edition, snapshot))
    return edition.reading


def _topic_of(edition: Edition) -> str:
    return edition.article.topic.slug if edition.article.topic else ""


def require_passing(edition: Edition, snapshot: dict | None = None, *, amber_read: bool = True) -> None:
    """Raise Refused while a finding blocks the edition: a red one, or an amber one unless ``amber_read``."""
    result = check_edition(edition, snapshot)
    if result.red:
        first = result.red[0]
        count = _count(result.red, "red finding")
        raise Refused(f"Fix {count} first, or mark false alarms: {first.message} “{first.excerpt}”")
    if result.amber and not amber_read:
        raise Refused(f"Read the {_count(result.amber, 'amber finding')} first, and check the box to confirm.")


@transaction.atomic
def waive(edition_id: int, *, by, key: str, reason: str) -> Edition:
    """Record that ``by`` considers a finding a false alarm, and why.

    The finding may be about text that ``by`` has typed but not saved. Raises Refused where there is no such finding.
    """
    edition = locked(Edition.objects.select_related("article__topic"), edition_id)
    if edition.state not in OPEN_STATES:
        raise Refused("Only findings on a draft can be marked as false alarms.")
    if edition.archived_at:
        raise Refused("This draft is archived. Bring it back first.")
    finding = _open_finding(edition, by, key)
    if finding is None:
        raise Refused("This finding is no longer open.")
    Waiver.objects.create(
        edition=edition, key=key, code=finding.code, excerpt=finding.excerpt[:300], reason=reason, by=by
    )
    note = f"“{finding.excerpt}”: {reason}"
    EditionEvent.objects.create(edition=edition, kind=EditionEvent.Kind.WAIVED, by=by, note=note)
    return edition


def _open_finding(edition: Edition, user, key: str) -> checks.Finding | None:
    """The finding with this key in the stored edition or in what ``user`` has typed and not saved."""
    snapshots = [edition_snapshot.from_edition(edition)]
    autosaves = edition.autosaves.filter(user=user, form_data__isnull=False)
    snapshots += [edition_snapshot.from_form(dict(autosave.form_data)) for autosave in autosaves if autosave.form_data]
    for snapshot in snapshots:
        result = check_snapshot(snapshot, topic=_topic_of(edition), edition=edition)
        for finding in [*result.red, *result.amber]:
            if finding.key == key:
                return finding
    return None


def is_signer(kind: str, user) -> bool:
    """Whether ``user`` has a role that signs off this kind of document."""
    return bool(roles.of(user) & SIGNERS[Kind(kind)])


def require_signer(kind: str, user) -> None:
    """Raise Refused unless ``is_signer``."""
    if not is_signer(kind, user):
        raise Refused(f"{Kind(kind).label.partition(':')[0]}s are signed off by a clinician.")


def may_sign(edition: Edition, user) -> bool:
    """Whether ``user`` may sign off the edition, now or as soon as their account has a byline."""
    return is_signer(edition.article.kind, user) and user.pk not in had_a_hand(edition)


_EDITION, _ARTICLE = (Placeholder(name, BigIntegerField()) for name in ("edition", "article"))  # their keys
_contributed_or_waived = KeptQuery(
    lambda: (
        Edition.contributors.through.objects.filter(edition=_EDITION)
        .values_list("user")
        .union(Waiver.objects.order_by().filter(edition=_EDITION).values_list("by"))
    )
)
_live_review_due_on = KeptQuery(
    lambda: Edition.objects.live(NOW).filter(article=_ARTICLE).values_list("review_due_on")[:1]
)


def had_a_hand(edition: Edition) -> set[int]:
    """Keys of the accounts that wrote the edition or waived its findings. They cannot sign it off."""
    others = {key for (key,) in _contributed_or_waived.rows(edition=edition.pk)}
    return {edition.created_by_id, edition.author.user_id, *others} - {None}


def people_who_sign(*kinds: str) -> QuerySet:
    """Active accounts with a byline and a role that signs off one of these kinds of documents."""
    signing = set().union(*(SIGNERS[Kind(kind)] for kind in kinds))
    active = get_user_model().objects.filter(is_active=True, is_staff=True, person__isnull=False)
    able = active.filter(groups__name__in=signing).distinct().order_by("first_name", "email")
    return able.only("first_name", "last_name", "email")


def able_to_sign(edition: Edition) -> QuerySet:
    """The accounts that may sign off this edition."""
    return people_who_sign(edition.article.kind).exclude(pk__in=had_a_hand(edition))


def to_sign_by(user_pk: int) -> QuerySet[Edition]:
    """Editions in review that this account may sign off: of a kind for one of its roles, and not its own work."""
    accounts = get_user_model().objects.filter(pk=user_pk)
    may_sign = Q()
    for kind, signers in SIGNERS.items():
        may_sign |= Q(Exists(accounts.filter(groups__name__in=signers)), article__kind=kind)
    others = Edition.objects.exclude(created_by=user_pk).exclude(author__user=user_pk)
    others = others.exclude(contributors=user_pk).exclude(waivers__by=user_pk)  # as had_a_hand
    return others.filter(may_sign, state=State.IN_REVIEW)


def _count(findings: list, noun: str) -> str:
    return f"{len(findings)} {noun}{'' if len(findings) == 1 else 's'}"


def _as_document(snapshot: dict, topic: str, kind: str, review_due_on: date | None) -> checks.Document:
    return checks.Document(
        title=snapshot["title"],
        summary=snapshot["summary"],
        topic=topic,
        blocks=tuple(_as_block(block) for block in snapshot["blocks"]),
        sources=tuple(
            checks.Reference(int(source["position"]), source["title"], int(source["year"]) if source["year"] else None)
            for source in snapshot["sources"]
        ),
        review_due_on=review_due_on,
        needs_sources=kind not in {Kind.HOUSE, Kind.HOME},
        is_first_page=kind == Kind.HOME,
    )


def _as_block(block: dict) -> checks.Block:
    return checks.Block(
        kind=block["kind"],
        body=_text_of(block),
        title=block.get("title", ""),
        tone=block.get("tone", ""),
        alt=block.get("alt", ""),
        attribution=block.get("attribution", ""),
        helps=bool(block.get("call") or block.get("ask") or _WAY_TO_HELP.search(block.get("body", ""))),
        captions=block.get("captions", ""),
        transcript=block.get("transcript", ""),
    )


def _text_of(block: dict) -> str:
    """The main text of a block as the checks read it: HTML, unless the kind has a field of plain text for it."""
    if lines := _PLAIN_LINES.get(block["kind"]):
        return "".join(f"<p>{escape(block[name])}</p>" for name in lines if block[name])
    if block.get("part") == SitePart.Part.CRISIS:
        return _CRISIS_LINES
    return "\n".join(filter(None, (block.get(name) for name in _BODY_FIELDS.get(block["kind"], ["body"]))))


def _link_test(snapshot: dict) -> Callable[[str], str]:
    """Return a function that tells what is wrong with a link to a path of this site (see ``checks.run_checks``).

    Two queries for all that are linked, and two for those that readers cannot see.
    """
    text = " ".join(str(value) for block in snapshot["blocks"] for value in block.values())
    paths = {path.strip("/") for path in _PATH.findall(text)}
    linked = Edition.objects.filter(article__path__in=paths)
    live = set(linked.live().values_list("article__path", flat=True))
    coming = set(linked.coming().values_list("article__path", flat=True))
    others = paths - live - coming
    withdrawn = set(linked.filter(state=State.WITHDRAWN).values_list("article__path", flat=True)) if others else ()
    moved = _moved(others) if others else ()

    def fault(path: str) -> str:
        path = path.split("#")[0].split("?")[0]
        try:
            view = resolve(path).view_name
        except Resolver404:
            return "link-moved" if path.strip("/") in moved else "dead-link"
        path = path.strip("/")
        if view not in DOCUMENTS or path in live:
            return ""
        if path in coming:
            return "link-unpublished"
        return "link-moved" if path in moved else "link-withdrawn" if path in withdrawn else "dead-link"

    return fault


def _moved(paths: Iterable[str]) -> set[str]:
    """Those of some paths that redirect to a page."""
    return {path.strip("/") for path in redirects.targets_of(f"/{path}" for path in paths)}
