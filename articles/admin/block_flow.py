"""The blocks of an edition on its page: those of all kinds in one order, and the menu that inserts one."""

from dataclasses import asdict, dataclass
from http import HTTPStatus
from itertools import chain
from urllib.parse import urlencode

from django.utils.text import capfirst

from ..models import ARTICLES, BLOCKS, Callout, Figure, KeyFacts, PullQuote, Question, Step, Text, Tone, blocks_of
from .inline_rows import PLACE_FIELDS
from .inlines import BlockInline

ADD = "_add_block"  # the name of the button


@dataclass
class Entry:
    """One line of the menu."""

    name: str
    hint: str = ""
    icon: str = ""  # by default that of the inline
    words: str = ""  # by which it is found, too
    values: dict | None = None  # that fields of the new block begin with
    sign: str = ""  # that inserts it when typed


ENTRIES = {  # of other kinds: the name of the model
    Text: [Entry("Text", "Paragraphs, headings, lists and tables", words="paragraph")],
    Callout: [
        Entry("Danger box", "Red, for danger to life only", "alert", "callout alert red", {"tone": Tone.DANGER}, "!!!"),
        Entry("Warning box", "What can go wrong", "note", "callout amber", {"tone": Tone.WARNING}),
        Entry("Note box", "Good to know", "note", "callout info", {"tone": Tone.NOTE}),
    ],
    Figure: [Entry("Picture", "From the library, with a caption", words="figure image photo", sign="![")],
    KeyFacts: [Entry("Key facts", "A small table with two columns", words="table facts")],
    PullQuote: [Entry("Pull quote", "Words of somebody, set large", words="quotation")],
    Question: [Entry("Question and answer", words="faq")],
    Step: [Entry("Step", "One of something that happens in an order", words="list")],
}


def flow_context(formsets: list) -> dict:
    """Context of the page: ``block_rows`` (forms in order), ``block_formsets``, ``other_formsets``, ``block_menu``."""
    blocks = [formset for formset in formsets if isinstance(formset.opts, BlockInline)]
    rows = sorted(chain.from_iterable(formset.formset.forms for formset in blocks), key=_order)
    if rows and not rows[-1].is_bound and rows[-1].instance.pk is None:
        _focus(rows[-1])
    return {
        "block_rows": rows,
        "block_formsets": blocks,
        "other_formsets": [formset for formset in formsets if formset not in blocks],
        "block_menu": [line for formset in blocks if formset.has_add_permission for line in _lines(formset)],
    }


def _focus(form) -> None:
    shown = (name for name in form.fields if name not in PLACE_FIELDS and not form[name].is_hidden)
    form.fields[next(shown)].widget.attrs["autofocus"] = True


def address_context(edition, form) -> dict:
    """Context of the preview of a search result: the parts of the address above its last one, and that one.

    ``address_follows``: whether the title makes it; ``is_address_typed``: whether somebody typed it into this form.
    """
    typed = {"address_follows": form.address_follows, "is_address_typed": "slug_typed" in form.data}
    if edition is None:
        return {**typed, "address_above": ARTICLES.strip("/") if "topic" in form.fields else "", "address_end": ""}
    above, _, end = edition.article.path.rpartition("/")
    return {**typed, "address_above": above, "address_end": end}


# --- without scripts --------------------------------------------------------------------------------------------------


def save_before_block(request) -> None:
    """Let the button "Save and add a block" save as "Save and continue editing" does."""
    if ADD in request.POST:
        request.POST = request.POST.copy()
        request.POST["_continue"] = "1"


def with_block(request, response):
    """The response to a save; after that button it leads to the page with an empty block."""
    if ADD in request.POST and response.status_code == HTTPStatus.FOUND:
        join = "&" if "?" in response["Location"] else "?"
        response["Location"] += join + urlencode({"add_block": request.POST.get("add_block", "")[:80]})
    return response


def wanted_row(request, edition, prefix: str) -> dict:
    """What a formset takes to have an empty row at the end of the text, if the page is asked for one of its kind."""
    if request.GET.get("add_block") != prefix:
        return {}
    last = max((block.ordering for block in blocks_of(edition)), default=0) if edition.pk else 0
    return {"initial": [{"ordering": last + 10}]}


def _order(form) -> tuple[int, int]:
    """As readers see them: at one place by kind."""
    return _place(form), BLOCKS.index(form._meta.model)


def _place(form) -> int:
    """Where a block stands: what was submitted, or else what is stored. Those without a number come last."""
    name = form.add_prefix("ordering")
    typed = form.data.get(name, "") if form.is_bound else str(form.initial.get("ordering", form.instance.ordering))
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
