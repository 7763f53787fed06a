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


def center() -> dict:
    return _read(SAMPLE / "site_profile.toml")
