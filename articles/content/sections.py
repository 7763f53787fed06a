"""The first page in sections: which blocks share one, how wide it is, and the name that the menu links to."""

import re
from dataclasses import dataclass, field, replace

_HEADING = re.compile(r'\s*<h2 id="([^"]*)"')
_WIDE = {"opening", "reviews"}  # from one edge of the screen to the other
_BESIDE = ("sitepart:place", "costs")  # stand side by side on wide screens
_BEGIN = {"sitepart:crisis", "sitepart:topics", "sitepart:place", "articlelist", "costs", "map"}
_ANCHORS = {"step": "steps", "sitepart:place": "place", "costs": "cost"}  # links to them are in menus and elsewhere


@dataclass
class Section:
    blocks: list[dict]
    name: str = "plain"  # or "wide", "beside"
    label: str = ""  # the id of its heading
    anchor: str = ""  # its own id
    live: tuple | None = field(default=None, repr=False)  # the Slot of the listing that it is there for

    @property
    def block(self) -> dict:
        return self.blocks[0]

    @property
    def is_closed(self) -> bool:
        """Whether what follows begins a section of its own."""
        return self.name != "plain" or self.live is not None


def sections_of(blocks: list[dict], taken: set[str]) -> list[Section]:
    """The blocks in order. One that does not begin with a heading joins the section before it.

    ``taken``: the ids of headings on the page.
    """
    sections: list[Section] = []
    _mark_firsts(blocks)
    for block in blocks:
        kind = _kind(block)
        if kind in _WIDE:
            sections.append(_section(block, "wide"))
        elif sections and not sections[-1].is_closed and not _heading(block, kind):
            sections[-1].blocks.append(block)
        else:
            sections.append(_section(block, "plain"))
    return _with_anchors(_paired(sections), taken)


def _mark_firsts(blocks: list[dict]) -> None:
    """Tell blocks what they look like here: the first opening has the title of the page, the first steps the wave."""
    for number, block in enumerate(one for one in blocks if one["kind"] == "opening"):
        block |= {"level": 2, "is_night": False} if number else {"level": 1}
    for block in (one for one in blocks if one["kind"] == "reviews"):
        block["is_band"] = True
    first = next((block for block in blocks if block["kind"] == "step"), {})
    first["has_wave"] = True


def _kind(block: dict) -> str:
    return f"sitepart:{block['part']}" if block["kind"] == "sitepart" else block["kind"]


def _section(block: dict, name: str) -> Section:
    live = block.get("live")
    if live and name == "plain":
        block["live"] = live._replace(begin="", end="")  # the section is left out as a whole
    return Section([block], name, _heading(block, _kind(block)), live=live if name == "plain" else None)


def _heading(block: dict, kind: str) -> str:
    """The id of the heading that a block begins a section with, if it does."""
    if kind == "text":
        found = _HEADING.match(block["html"])
        return found[1] if found else ""
    return block["id"] if kind in _BEGIN else ""


def _paired(sections: list[Section]) -> list[Section]:
    """Location and hours, and costs, together where one follows the other alone."""
    found: list[Section] = []
    for section in sections:
        kinds = sorted(_kind(one.block) for one in (found[-1:] + [section]) if len(one.blocks) == 1)
        if kinds == sorted(_BESIDE) and found[-1].name == "plain":
            found[-1] = replace(found[-1], name="beside", blocks=[found[-1].block, section.block], live=None)
        else:
            found.append(section)
    return found


def _with_anchors(sections: list[Section], taken: set[str]) -> list[Section]:
    """Each anchor once, unless a heading has that very id: then links to it lead there."""
    for section in sections:
        for block in section.blocks:
            anchor = _ANCHORS.get(_kind(block))
            if anchor and anchor not in taken:
                taken = taken | {anchor}
                if section.name == "beside":
                    block["anchor"] = anchor
                else:
                    section.anchor = section.anchor or anchor
    return sections
