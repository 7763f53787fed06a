"""The menus of a center that has put none of its own on the site. A first draft begins as a copy of them."""

from itertools import count

from ..models import Menu, Route

MAX_TOPICS = 4  # in the sheet
_NOTHING = {"fragment": "", "route": "", "url": "", "topic": None, "topic_id": None, "path": None, "document_id": None}


def entries(center) -> list[dict]:
    """Rows as of ``shown.rows``, with the keys of topics and documents."""
    numbers, found = count(1), []

    def add(menu, label, parent=None, **target) -> int:
        entry = {**_NOTHING, "id": next(numbers), "menu": menu, "parent": parent, "label": label, "live": True}
        found.append(entry | target)
        return entry["id"]

    for label, route in _TOP:
        add(Menu.TOP, label, route=route)
    for menu, groups in ((Menu.SHEET, _sheet(center)), (Menu.FOOT, _FOOT)):
        for name, links in groups:
            group = add(menu, name)
            for label, target in links:
                add(menu, label, group, **(target if isinstance(target, dict) else {"route": target}))
    return found


_STEPS = ("What detox is like", Route.STEPS)
_COST = ("Cost", Route.COST)
_HELP = ("Ask for help", Route.HELP)
_PRIVACY = ("Your privacy", Route.PRIVACY)
_ACCESSIBILITY = ("Accessibility", Route.ACCESSIBILITY)
_SEARCH = ("Search", Route.SEARCH)
_TOP = (_STEPS, ("Articles", Route.ARTICLES), ("Reviews", Route.REVIEWS), _COST, _HELP)
_FOOT = (
    ("Read", (_STEPS, ("Articles", Route.ARTICLES), _SEARCH, ("Reviews", Route.REVIEWS))),
    ("Good to know", (_HELP, _COST, _PRIVACY, _ACCESSIBILITY)),
)


def _sheet(center) -> list[tuple]:
    topics = [(one["name"], {"topic": one["slug"], "topic_id": one["pk"]}) for one in center.topics[:MAX_TOPICS]]
    pages = [(one["title"], {"path": one["path"], "document_id": one.get("document")}) for one in center.pages]
    care = (_HELP, _STEPS, _COST, ("Location and hours", Route.PLACE), ("Your request", Route.REQUEST))
    reviews = (
        ("All reviews", Route.REVIEWS),
        ("Write a review", Route.WRITE_REVIEW),
        ("How we handle them", Route.HANDLING),
    )
    return [
        ("Getting care", care),
        *([("The center", pages)] if pages else []),
        ("Read", (("All articles", Route.ARTICLES), *topics, _SEARCH)),
        ("Reviews", reviews),
        ("Good to know", (_PRIVACY, _ACCESSIBILITY)),
    ]
