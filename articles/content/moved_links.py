"""Links to pages that have moved: what starts as a copy of a signed text gets the new addresses.

Signed text is never changed. Its readers are redirected.
"""

import re

from detoxsite.core import redirects
from detoxsite.core.redirects.addresses import path_of

from ..models import BLOCKS, Article, Edition
from ..rich_text.fields import RichTextField

RICH_FIELDS = {  # names of the fields of HTML, by kind of block
    model: names
    for model in BLOCKS
    if (names := [field.name for field in model._meta.concrete_fields if isinstance(field, RichTextField)])
}
_HREF = re.compile(r'(?<= href=")/[^"]*(?=")')


def follow(draft: Edition) -> int:
    """Let the links of a draft lead where redirects of this site send their readers. Returns how many changed."""
    blocks = [
        (block, names)
        for model, names in RICH_FIELDS.items()
        for block in model.objects.filter(parent=draft)
        if any('href="/' in getattr(block, name) for name in names)
    ]
    goals = _goals({path_of(href) for block, names in blocks for name in names for href in _hrefs(block, name)})
    return sum(_follow(block, name, goals) for block, names in blocks for name in names) if goals else 0


def _hrefs(block, name: str) -> list[str]:
    return _HREF.findall(getattr(block, name))


def _goals(paths: set[str]) -> dict[str, str]:
    """Where these addresses redirect to on this site. One that an article or page has does not redirect."""
    goals = {path: target for path, target in redirects.targets_of(paths).items() if target.startswith("/")}
    in_use = set(Article.objects.filter(path__in=[path.strip("/") for path in goals]).values_list("path", flat=True))
    return {path: target for path, target in goals.items() if path.strip("/") not in in_use}


def _follow(block, name: str, goals: dict[str, str]) -> int:
    count = 0

    def moved(found: re.Match) -> str:
        nonlocal count
        goal = goals.get(path_of(found[0]))
        if goal is None:
            return found[0]
        count += 1
        rest = found[0][len(re.match("[^?#]*", found[0])[0]) :]
        return goal if "?" in goal or "#" in goal else f"{goal}{rest}"

    setattr(block, name, _HREF.sub(moved, getattr(block, name)))
    if count:
        block.save(update_fields=[name])
    return count
