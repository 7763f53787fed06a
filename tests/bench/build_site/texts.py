"""The words of the site that is built: those of the sample center, which the people of the script type and paste."""

import re
import tomllib
from pathlib import Path

from detoxsite.ops.managed_process import ROOT

SAMPLE = ROOT / "detoxsite/sample/content"
PAGES = (  # in an order in which a page links only to pages that are public already
    *("what-to-bring", "visit", "team", "levels-of-care", "insurance", "faq", "about", "for-professionals"),
    "careers",
)
_ARTICLE_LINK = re.compile(r'<a href="/articles/[^"]*">(.*?)</a>')  # an empty center has no articles


def _read(path: Path) -> dict:
    return tomllib.loads(_ARTICLE_LINK.sub(r"\1", path.read_text(encoding="utf-8")))


def page(slug: str) -> dict:
    return _read(SAMPLE / "pages" / f"{slug}.toml")


def people() -> list[dict]:
    return _read(SAMPLE / "people.toml")["people"]


def facts() -> list[dict]:
    return _read(SAMPLE / "center_facts.toml")["facts"]


def pictures() -> dict[str, dict]:
    """By key; ``file`` is a path."""
    found = {entry["key"]: entry for entry in _read(SAMPLE / "pictures.toml")["pictures"]}
    return {key: entry | {"file": SAMPLE / "pictures" / entry["file"]} for key, entry in found.items()}


def pictures_used() -> list[dict]:
    """Those that a page or a video shows."""
    blocks = [block for slug in PAGES for block in page(slug)["blocks"]]
    shown = {row.get(name) for row in (*blocks, *videos().values()) for name in ("picture", "poster")}
    return [picture for key, picture in pictures().items() if key in shown]


def files() -> dict[str, dict]:
    """By key; ``file`` is a path."""
    return _files("files", "file")


def videos() -> dict[str, dict]:
    """By key; ``file`` and ``captions`` are paths, ``poster`` is the key of a picture."""
    return _files("videos", "file", "captions")


def _files(kind: str, *paths: str) -> dict[str, dict]:
    entries = _read(SAMPLE / "files.toml")[kind]
    return {entry["key"]: entry | {name: SAMPLE / "files" / entry[name] for name in paths} for entry in entries}


def center() -> dict:
    return _read(SAMPLE / "site_profile.toml")
