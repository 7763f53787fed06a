"""The guides for staff: Markdown files in docs/, shown on the staff site and found by their headings.

The same files are read on a code host too. So their links and pictures are relative, and headings have the ids that
they have there. A test holds that they link to each other and to places outside only.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.urls import reverse
from markdown_it import MarkdownIt
from markdown_it.token import Token
from PIL import Image

from detoxsite.core.roles import ROLES

FOLDER = Path(settings.BASE_DIR) / "docs"
PICTURES = FOLDER / "guides"
GUIDES = {  # name of the file and in the address: roles that it is for
    "admissions": ("admissions", "front_desk"),
    "clinicians": ("clinician",),
    "moderators": ("moderator",),
    "editors": ("editor",),
    "compliance": ("compliance",),
    "managers": ("manager",),
    "staff": tuple(ROLES),
}
_PICTURE = re.compile(r"guides/([\w-]+)\.webp")
_GUIDE = re.compile(rf"({'|'.join(GUIDES)})\.md(#[\w-]+)?")


@dataclass(frozen=True)
class Heading:
    text: str
    id: str
    level: int


@dataclass(frozen=True)
class Guide:
    """``html`` is safe to show: HTML in the file is escaped, and addresses of scripts are no links."""

    name: str
    title: str
    html: str
    headings: tuple[Heading, ...]  # below the title

    @property
    def url(self) -> str:
        return part_url(self.name)

    @property
    def parts(self) -> list[Heading]:
        return [heading for heading in self.headings if heading.level == 2]


def guide(name: str) -> Guide:
    """The guide of this name, read again when its file changes. Raises KeyError for a name without a guide."""
    if name not in GUIDES:
        raise KeyError(name)
    return _read(name, (FOLDER / f"{name}.md").stat().st_mtime_ns)


def guides_for(roles) -> list[Guide]:
    """All guides, first those for one of the roles."""
    return [guide(name) for name in sorted(GUIDES, key=lambda name: not set(GUIDES[name]) & set(roles))]


def part_url(part: str) -> str:
    """The address of "editors#drafts"."""
    name, number_sign, heading = part.partition("#")
    return reverse("admin:guide", args=[name]) + number_sign + heading


def picture(name: str) -> Path | None:
    return next((path for path in PICTURES.glob("*.webp") if path.stem == name), None)


@lru_cache(maxsize=2 * len(GUIDES))
def _read(name: str, _changed: int) -> Guide:
    markdown = MarkdownIt("commonmark", {"html": False}).enable("table")
    tokens = markdown.parse((FOLDER / f"{name}.md").read_text("utf-8"))
    title, *headings = [_with_id(tokens, at) for at, token in enumerate(tokens) if token.type == "heading_open"]
    for token in tokens[3:]:  # behind the title, which the page has
        for child in token.children or ():
            _lead_on_this_site(child)
    return Guide(name, title.text, markdown.renderer.render(tokens[3:], markdown.options, {}), tuple(headings))


def _with_id(tokens: list[Token], at: int) -> Heading:
    text = "".join(child.content for child in tokens[at + 1].children)
    heading = Heading(text, slug(text), int(tokens[at].tag[1:]))
    tokens[at].attrSet("id", heading.id)
    return heading


def slug(heading: str) -> str:
    """The id that code hosts give a heading."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def _lead_on_this_site(token: Token) -> None:
    """Links between guides lead to their pages here. Pictures get their size, so that the page does not move below a
    reader who came for one of its parts."""
    if token.type == "image" and (found := _PICTURE.fullmatch(str(token.attrGet("src")))):
        token.attrs |= {"src": reverse("admin:guide_picture", args=[found[1]]), "loading": "lazy"}
        if file := picture(found[1]):
            with Image.open(file) as image:
                token.attrs |= {"width": image.width, "height": image.height}
    elif token.type == "link_open" and (found := _GUIDE.fullmatch(str(token.attrGet("href")))):
        token.attrSet("href", part_url(found[1] + (found[2] or "")))
