"""What a text of an article is made of: one table for the editor and for the sanitizer.

Each extension of the editor, with its options and the elements that it reads and writes. What only one of the two knew
would be lost with the next save: a stored ``10<sup>3</sup>`` would be read as 103.
"""

from collections.abc import Iterable
from typing import NamedTuple

SCHEMES = ("https", "http", "mailto", "tel")
LIST_TYPES = ("a", "A", "i", "I")  # of <ol type>; 1 is the default and not stored


class Extension(NamedTuple):
    elements: dict[str, tuple[str, ...]]  # tag → its attributes
    options: dict | bool = True


_SPANS = ("colspan", "rowspan")
TABLE = {
    "Paragraph": Extension({"p": ()}),
    "HardBreak": Extension({"br": ()}),
    "Bold": Extension({"strong": ()}),
    "Italic": Extension({"em": ()}),
    "Superscript": Extension({"sup": ()}),
    "Subscript": Extension({"sub": ()}),
    "BulletList": Extension({"ul": ()}),
    "OrderedList": Extension({"ol": ("start", "type")}, {"enableListAttributes": False}),
    "ListItem": Extension({"li": ()}),
    "Link": Extension({"a": ("href",)}, {"enableTarget": False, "protocols": list(SCHEMES)}),
    "Heading": Extension({"h2": (), "h3": ()}, {"levels": [2, 3]}),
    "Blockquote": Extension({"blockquote": ()}),
    "Table": Extension({"table": (), "tbody": ()}),
    "TableRow": Extension({"tr": ()}),
    "TableHeader": Extension({"th": _SPANS}),
    "TableCell": Extension({"td": _SPANS}),
    "PasteCleaning": Extension({}),  # static/js/editor-paste.js
}
ALL = tuple(TABLE)
PLAIN = tuple(name for name in ALL if not name.startswith(("Heading", "Blockquote", "Table")))  # for boxes


def allowlist(names: Iterable[str]) -> dict[str, set[str]]:
    """The tags that these extensions write, with their attributes."""
    return {tag: set(attributes) for name in names for tag, attributes in TABLE[name].elements.items()}


def editor_extensions(names: Iterable[str]) -> dict[str, dict | bool]:
    """The extensions in the form that the editor's field takes."""
    return {name: TABLE[name].options for name in names}
