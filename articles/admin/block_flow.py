"""The blocks of an edition on its page: those of all kinds in one order, and the menu that inserts one."""

from dataclasses import asdict, dataclass
from itertools import chain

from django.utils.text import capfirst

from ..models import ARTICLES, Callout, Figure, KeyFacts, PullQuote, Question, Step, Text, Tone
from .inlines import BlockInline


@dataclass
class Entry:
    """One line of the menu."""

    name: str
    hint: str = ""
    icon: str = ""  # by default that of the inline
    words: str = ""  # by which it is found, too
    values: dict | None = None  # that fields of the new block begin with


ENTRIES = {  # of other kinds: the name of the model
    Text: [Entry("Text", "Paragraphs, headings, lists and tables", words="paragraph")],
    Callout: [
        Entry("Danger box", "Red, for danger to life only", "help", "callout alert red", {"tone": Tone.DANGER}),
        Entry("Warning box", "What can go wrong", "note", "callout amber", {"tone": Tone.WARNING}),
        Entry("Note box", "Good to know", "note", "callout info", {"tone": Tone.NOTE}),
    ],
    Figure: [Entry("Picture", "From the library, with a caption", words="figure image photo")],
    KeyFacts: [Entry("Key facts", "A small table with two columns", words="table facts")],
    PullQuote: [Entry("Pull quote", "Words of somebody, set large", words="quotation")],
    Question: [Entry("Question and answer", words="faq")],
    Step: [Entry("Step", "One of something that happens in an order", words="list")],
}


def flow_context(formsets: list) -> dict:
    """Context of the page: ``block_rows`` (forms in order), ``block_formsets``, ``other_formsets``, ``block_menu``."""
    blocks = [formset for formset in formsets if isinstance(formset.opts, BlockInline)]
    rows = chain.from_iterable(formset.formset.forms for formset in blocks)
    return {
        "block_rows": sorted(rows, key=_place),
        "block_formsets": blocks,
        "other_formsets": [formset for formset in formsets if formset not in blocks],
        "block_menu": [line for formset in blocks if formset.has_add_permission for line in _lines(formset)],
    }


def address_context(edition, form) -> dict:
    """Context of the preview of a search result: the parts of the address above its last one, and that one."""
    if edition is None:
        return {"address_above": ARTICLES.strip("/") if "topic" in form.fields else "", "address_end": ""}
    above, _, end = edition.article.path.rpartition("/")
    return {"address_above": above, "address_end": end}


def _place(form) -> int:
    """Where a block stands: what was submitted, or else what is stored. Those without a number come last."""
    typed = form.data.get(form.add_prefix("ordering"), "") if form.is_bound else str(form.instance.ordering)
    number = typed.strip().removeprefix("-")[:9]
    if not (number.isascii() and number.isdecimal()):
        return 10**9
    return -int(number) if typed.strip().startswith("-") else int(number)


def _lines(formset) -> list[dict]:
    name = capfirst(formset.opts.verbose_name)
    entries = ENTRIES.get(formset.opts.model, [Entry(name)])
    own = {"prefix": formset.formset.prefix, "kind": formset.opts.model.kind}
    return [
        {**own, **asdict(entry), "icon": entry.icon or formset.opts.icon, "values": entry.values or {}}
        for entry in entries
    ]
