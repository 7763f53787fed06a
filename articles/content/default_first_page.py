"""What the first page says until a center has signed off one of its own: the same blocks that its first draft has."""

from collections.abc import Iterator
from functools import lru_cache

from django.utils.html import escape, linebreaks

from ..models import (
    BLOCKS,
    Article,
    ArticleList,
    Block,
    Callout,
    Costs,
    Edition,
    Kind,
    Opening,
    Reviews,
    SitePart,
    Step,
    Text,
    Tone,
)
from .finished import main_with_slots
from .rendering import render_body

_STOPPING = (
    "<p>Alcohol, benzodiazepines (such as Xanax) and baclofen can cause seizures when they stop suddenly. That can be "
    "deadly. Call us or a doctor first. If shaking, confusion or seeing things has already started, call "
    '<a href="tel:911">911</a>.</p>'
)
_NO_COST = "<p>Call us. We tell you what your plan pays before you come.</p>"


def default_blocks(center) -> list[Block]:
    """The blocks, not saved. The words of some are in the center details (``core.models.SiteProfile``)."""
    blocks = list(_blocks(center.welcome_title, center.welcome, center.welcome_note, _steps(center), center.cost))
    for number, block in enumerate(blocks, 1):
        block.region, block.ordering = "main", number * 10
    return blocks


def default_main(center) -> str:
    """The main part of the page, with slots."""
    return _main(center.welcome_title, center.welcome, center.welcome_note, _steps(center), center.cost)


def _steps(center) -> tuple[tuple[str, ...], ...]:
    return tuple(map(tuple, center.step_list))


def _blocks(title: str, lead: str, note: str, steps: tuple[tuple[str, ...], ...], cost: str) -> Iterator[Block]:
    yield Opening(title=title, lead=lead, note=note)
    yield SitePart(part=SitePart.Part.CRISIS, title="If it cannot wait")
    yield Callout(tone=Tone.NOTE, title="Please do not stop these all at once on your own", body=_STOPPING)
    if steps:
        yield Text(body="<h2>What detox is like, step by step</h2>")
    for when, what, text in steps:
        yield Step(label=when, title=what, body=f"<p>{escape(text)}</p>" if text else "")
    yield SitePart(part=SitePart.Part.TOPICS, title="Read about a topic")
    yield ArticleList(
        title="Latest articles",
        lead="Written by people who work here, signed off by a clinician, with every source listed.",
    )
    yield Reviews(title="From people who wrote to us", lead="The newest reviews on our list, whatever their stars.")
    yield SitePart(part=SitePart.Part.PLACE, title="Location and hours")
    yield Costs(title="What it costs", body=linebreaks(cost, autoescape=True) if cost else _NO_COST)


@lru_cache(maxsize=4)
def _main(*words) -> str:
    edition = Edition(article=Article(kind=Kind.HOME), number=1)
    entries: dict[str, list[dict]] = {model.kind: [] for model in BLOCKS}
    for number, block in enumerate(_blocks(*words)):
        entries[block.kind].append({"kind": block.kind, "ordering": number, **_shown(block)})
    for kind, found in entries.items():
        setattr(edition, f"body_{kind}", found)
    edition.source_list = edition.log = ()
    return main_with_slots(edition, render_body(edition))


def _shown(block: Block) -> dict:
    """As the query of ``rendering.with_body`` gives it: each shows columns of its own."""
    return {name: getattr(block, column) for name, column in block.rendered_fields.items()}
