"""The editorial checks where an edition stands before them: what stops a step, and what was excused.

Red remarks stop the handing in and the sign-off, amber ones want to have been read. Either may be justified as a
false alarm, which is recorded and holds as long as the words stay as they are.
"""

import re
from dataclasses import dataclass

from django.db import transaction
from django.urls import Resolver404, resolve
from django.utils import timezone

from detoxsite.core.exceptions import Refused

from . import checks
from .content import edition_snapshot
from .models import (
    OPEN_STATES,
    DraftAutosave,
    Edition,
    EditionEvent,
    Waiver,
)

_ARTICLE = re.compile(r"/articles/([-\w]+)/")


@dataclass(frozen=True)
class Remarks:
    """What the checks say of a document: still open by level, and excused. ``reading``: how hard it is to read."""

    red: list[checks.Finding]
    amber: list[checks.Finding]
    excused: list[tuple[checks.Finding, Waiver]]
    reading: checks.Readability


def remarks(content: dict, *, topic: str, edition: Edition | None = None) -> Remarks:
    """The remarks on a document of ``articles.documents`` whose topic has the slug ``topic``.

    ``edition``: whose excuses count, and whose article readers see already.
    """
    document = _for_checks(content, topic, _review_due_on(edition))
    excuses = {excuse.key: excuse for excuse in edition.excuses.select_related("by")} if edition else {}
    found = checks.run_checks(document, today=timezone.localdate(), is_dead=_dead_links(content))
    still_open = [finding for finding in found if finding.key not in excuses]
    return Remarks(
        red=[finding for finding in still_open if finding.level == checks.Level.RED],
        amber=[finding for finding in still_open if finding.level == checks.Level.AMBER],
        excused=[(finding, excuses[finding.key]) for finding in found if finding.key in excuses],
        reading=checks.measure_readability(document),
    )


def of(edition: Edition, content: dict | None = None) -> Remarks:
    """The remarks on an edition as it is stored. ``content``: its document, where somebody has it already."""
    return remarks(content or edition_snapshot.stored(edition), topic=edition.article.topic.slug, edition=edition)


def let_through(edition: Edition, content: dict | None = None, *, amber_read: bool = True) -> None:
    """Raises Refused while a remark stops the edition: a red one, or an amber one unless ``amber_read``."""
    found = of(edition, content)
    if found.red:
        first = found.red[0]
        raise Refused(
            f"{_count(found.red, 'red remark')} to mend or to justify first: {first.message} “{first.excerpt}”"
        )
    if found.amber and not amber_read:
        raise Refused(f"Read the {_count(found.amber, 'amber remark')} first, and tick that you have.")


@transaction.atomic
def excuse(edition_id: int, *, by, key: str, reason: str) -> Edition:
    """Record that ``by`` takes a remark for a false alarm, and why.

    The remark may be on words that ``by`` has typed and not yet saved. Raises Refused where there is no such remark.
    """
    edition = Edition.objects.select_for_update(of=["self"]).select_related("article__topic").get(pk=edition_id)
    if edition.state not in OPEN_STATES:
        raise Refused("Only remarks on a draft can be justified.")
    topic = edition.article.topic.slug
    contents = [edition_snapshot.stored(edition)]
    contents += [
        edition_snapshot.typed(dict(work.typed))
        for work in DraftAutosave.objects.filter(edition=edition, user=by)
        if work.typed
    ]
    found = (finding for content in contents for finding in _open(remarks(content, topic=topic, edition=edition)))
    finding = next((finding for finding in found if finding.key == key), None)
    if finding is None:
        raise Refused("This remark is not there any more.")
    if edition.excuses.filter(key=key).exists():
        raise Refused("This remark is justified already.")
    about = {"key": key, "code": finding.code, "excerpt": finding.excerpt[:300]}
    Waiver.objects.create(edition=edition, reason=reason, by=by, **about)
    EditionEvent.objects.create(
        edition=edition, kind=EditionEvent.Kind.EXCUSED, by=by, note=f"“{finding.excerpt}”: {reason}"
    )
    return edition


def _open(found: Remarks) -> list[checks.Finding]:
    return [*found.red, *found.amber]


def _count(found: list, one: str) -> str:
    return f"{len(found)} {one}{'' if len(found) == 1 else 's'}"


def _review_due_on(edition: Edition | None):
    if edition is None:
        return None
    return Edition.objects.live().filter(article=edition.article_id).values_list("review_due_on", flat=True).first()


def _for_checks(content: dict, topic: str, review_due_on) -> checks.Document:
    return checks.Document(
        title=content["title"],
        summary=content["summary"],
        topic=topic,
        blocks=tuple(_block(block) for block in content["blocks"]),
        sources=tuple(
            checks.Reference(int(source["position"]), source["title"], int(source["year"]) if source["year"] else None)
            for source in content["sources"]
        ),
        review_due_on=review_due_on,
    )


def _block(block: dict) -> checks.Block:
    words = {"facts": "rows", "figure": "caption", "pull": "quote"}.get(block["kind"], "body")
    return checks.Block(
        kind=block["kind"],
        body=block[words],
        title=block.get("title", ""),
        tone=block.get("tone", ""),
        alt=block.get("alt", ""),
    )


def _dead_links(content: dict):
    """Whether a path of this site leads nowhere; the articles that are linked to are looked up at once."""
    text = " ".join(block.get("body", "") for block in content["blocks"])
    slugs = set(_ARTICLE.findall(text)) - {"topics", "feed"}
    live = set(Edition.objects.live().filter(article__slug__in=slugs).values_list("article__slug", flat=True))

    def is_dead(path: str) -> bool:
        path = path.split("#")[0].split("?")[0]
        article = _ARTICLE.fullmatch(path)
        if article and article[1] not in {"topics", "feed"}:
            return article[1] not in live
        try:
            resolve(path)
        except Resolver404:
            return True
        return False

    return is_dead
