"""The draft of the menus: begin, change, put on the site, discard. Each change says on which revision it was made.

A change of one entry and a change of another are both kept, whatever the revision. One of an entry that somebody else
changed or took out since that revision is refused, in words that say who did what.
"""

from collections.abc import Iterable

from django.db import connection, transaction
from django.db.models import F, Max, QuerySet
from django.utils import timezone
from django.utils.formats import date_format

from detoxsite.core import site_profile
from detoxsite.core.exceptions import Refused

from ..models import Menu, MenuChange, MenuEdition, MenuEntry
from . import standard
from .tree import Tree, is_help

TARGET = ("document", "fragment", "topic", "route", "url")
NO_TARGET = {"document": None, "fragment": "", "topic": None, "route": "", "url": ""}
WAYS = {"up": "moved up", "down": "moved down", "in": "moved into a group", "out": "moved out of its group"}


class Conflict(Refused):
    """Somebody else has changed the same meanwhile."""


def current() -> MenuEdition | None:
    """The draft, if there is one."""
    return MenuEdition.objects.drafts().first()


@transaction.atomic
def start(*, by, edition_id: int | None = None) -> MenuEdition:
    """The draft; a new one if there is none: from an earlier edition, what readers see, or the standard menus.

    Raises Refused where a draft is open and an earlier edition was asked for.
    """
    with connection.cursor() as cursor:  # of two people who begin at once, the second gets the draft of the first
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('menus'))")
    editions = MenuEdition.objects
    if draft := current():
        if edition_id:
            raise Refused("There is a draft already. Put it on the site or discard it first.")
        return draft
    source = editions.filter(pk=edition_id).first() or editions.on_the_site().first()
    number = (editions.aggregate(last=Max("number"))["last"] or 0) + 1
    draft = editions.create(number=number, created_by=by)
    if source:
        _copy(source, draft)
    else:
        _copy_standard(draft)
        _spread(draft, by)
    return draft


def _copy(source: MenuEdition, draft: MenuEdition) -> None:
    copies = {}
    for entry in source.entries.order_by(F("parent_id").asc(nulls_first=True), "pk"):
        former, entry.pk = entry.pk, None
        entry._state.adding = True
        entry.edition, entry.parent = draft, copies.get(entry.parent_id)
        entry.save()
        copies[former] = entry


def _copy_standard(draft: MenuEdition) -> None:
    made: dict[int, MenuEntry] = {}
    for position, row in enumerate(standard.entries(site_profile.current())):
        made[row["id"]] = MenuEntry.objects.create(
            edition=draft,
            menu=row["menu"],
            parent=made.get(row["parent"]),
            position=position,
            label=row["label"],
            document_id=row["document_id"],
            topic_id=row["topic_id"],
            route=row["route"],
        )


def _spread(draft: MenuEdition, by) -> None:
    """Move links that are too many for their group into the last one with room: a center may have a dozen pages."""
    tree = Tree(Menu.SHEET, draft.entries.all())
    most = tree.limits.max_links
    for link in [one for group in tree.first for one in tree.below(group)[most:]]:
        with_room = [group for group in tree.first if len(tree.below(group)) < most]
        if with_room:
            link.edition, link.parent = draft, with_room[-1]
            link.save()
            _record(link, by, f"“{link}” moved to “{link.parent}”: {most} links fit into a group")


# --- changes ---------------------------------------------------------------------------------------------------------


@transaction.atomic
def move(entry_id: int, *, by, revision: int, direction: str) -> MenuEntry:
    """Move an entry up, down, in (below the one before it) or out. At the end of a group it goes on to the next."""
    entry = _locked_entry(entry_id, by, revision)
    tree = _tree(entry)
    place = tree.destination(entry, direction)
    there = [one for one in tree.below(place.parent) if one.pk != entry.pk]
    there.insert(place.index, entry)
    entry.parent = place.parent
    for position, one in enumerate(there):
        one.position = position
    MenuEntry.objects.bulk_update(there, ["position", "parent"])
    _record(entry, by, f"“{entry}” {WAYS[direction]}")
    return entry


@transaction.atomic
def add(*, by, menu: Menu, revision: int, label: str, group_id: int | None = None, **target) -> MenuEntry:
    """Add an entry at the end of a group, or of the first level; a draft is begun if there is none.

    Raises Refused where it does not fit, and for a group that is gone.
    """
    start(by=by)
    draft = locked_draft()
    tree = Tree(menu, draft.entries.all())
    group = next((one for one in tree.first if one.pk == group_id), None)
    if group_id and group is None:
        raise Conflict(f"{_what_became_of(draft, group_id)} Choose another group.", field="group")
    tree.require_room(group)
    entry = MenuEntry(edition=draft, menu=menu, parent=group, label=label, **NO_TARGET | target)
    entry.position = max((one.position for one in tree.below(group)), default=-1) + 1
    _require_one_help(tree, entry)
    entry.save()
    _record(entry, by, f"“{label}” added")
    return entry


@transaction.atomic
def change(entry_id: int, *, by, revision: int, label: str, **target) -> MenuEntry:
    """Change the words of an entry and where it leads."""
    entry = _locked_entry(entry_id, by, revision)
    if is_help(entry):
        raise Refused("“Ask for help” keeps its words. It can only be moved.", field="label")
    former = {name: getattr(entry, name) for name in ("label", *TARGET)}
    after = {"label": label, **NO_TARGET, **target}
    if former == after:
        return entry
    for name, value in after.items():
        setattr(entry, name, value)
    _require_one_help(_tree(entry), entry)
    if not entry.has_target and (entry.parent_id or entry.menu == Menu.TOP):
        raise Refused("Choose where it goes. Only the name of a group may lead nowhere.", field="target")
    entry.save()
    words = f"“{former['label']}” becomes “{label}”" if former["label"] != label else f"“{label}”"
    moved = ", leads elsewhere" if any(former[name] != after[name] for name in TARGET) else ""
    _record(entry, by, words + moved)
    return entry


@transaction.atomic
def remove(entry_id: int, *, by, revision: int) -> MenuEntry:
    """Take an entry out, and a group with all its links."""
    entry = _locked_entry(entry_id, by, revision)
    links = _tree(entry).below(entry)
    if any(is_help(one) for one in (entry, *links)):
        raise Refused("“Ask for help” is always shown. Move it elsewhere, if you like, but it stays.")
    for one in links:
        _require_unchanged(entry.edition, one.pk, by, revision)
    if len(links) == 1:
        note = f"“{entry}” taken out, with 1 link"
    else:
        note = f"“{entry}” taken out, with {len(links)} links" if links else f"“{entry}” taken out"
    _record(entry, by, note, links)
    entry.delete()
    return entry


def _require_one_help(tree: Tree, entry: MenuEntry) -> None:
    if is_help(entry) and any(is_help(one) for one in tree.entries if one is not entry):
        raise Refused("“Ask for help” is in this menu already.", field="target")


def _tree(entry: MenuEntry) -> Tree:
    """The menu of an entry, with this very instance in it."""
    others = entry.edition.entries.exclude(pk=entry.pk)
    return Tree(entry.menu, [entry, *others])


def _locked_entry(entry_id: int, by, revision: int) -> MenuEntry:
    draft = locked_draft()
    _require_unchanged(draft, entry_id, by, revision)
    entry = draft.entries.filter(pk=entry_id).first()
    if entry is None:
        raise Conflict(_what_became_of(draft, entry_id))
    entry.edition = draft
    return entry


def locked_draft() -> MenuEdition:
    """Raises Conflict where the draft was put on the site or discarded meanwhile."""
    draft = MenuEdition.objects.drafts().select_for_update(of=["self"]).first()
    if draft:
        return draft
    last = MenuEdition.objects.select_related("closed_by").first()
    if last is None:
        raise Conflict("There is no draft. Begin to edit the menus first.")
    done = "put the menus on the site" if last.state == MenuEdition.State.RELEASED else "discarded the draft"
    raise Conflict(f"{last.closed_by} {done} {_when(last.closed_at)}. There is no draft now.")


def _require_unchanged(draft: MenuEdition, entry_id: int, by, revision: int) -> None:
    if _changes_of_others(draft, by, revision).filter(entries__contains=[entry_id]).exists():
        raise Conflict(f"{_what_became_of(draft, entry_id)} Look at it again.")


def _changes_of_others(draft: MenuEdition, by, revision: int) -> QuerySet[MenuChange]:
    return draft.changes.filter(revision__gt=revision).exclude(by=by).select_related("by")


def _what_became_of(draft: MenuEdition, entry_id: int) -> str:
    change = draft.changes.filter(entries__contains=[entry_id]).select_related("by").first()
    if change is None:
        return "This is not in the menu any more."
    return f"{change.by} changed this {_when(change.at)}: {change.note}."


def _when(moment) -> str:
    return f"on {date_format(timezone.localtime(moment), 'F j, g:i A')}"


def _record(entry: MenuEntry, by, note: str, links: list[MenuEntry] = ()) -> None:
    draft = entry.edition
    draft.revision += 1
    draft.save(update_fields=["revision"])
    keys = [one.pk for one in (entry, *links)]
    MenuChange.objects.create(edition=draft, revision=draft.revision, entries=keys, by=by, note=note)


# --- the end of a draft ----------------------------------------------------------------------------------------------


def problems(entries: Iterable[MenuEntry]) -> list[tuple[MenuEntry | None, str]]:
    """What keeps a draft with these entries from the site, in all menus."""
    return [problem for menu in Menu for problem in Tree(menu, entries).problems()]


@transaction.atomic
def release(*, by, revision: int) -> MenuEdition:
    """Put the draft on the site. Raises Refused where it has a problem, or is not what was looked at."""
    draft = _as_seen(by, revision)
    if found := problems(list(draft.entries.all())):
        raise Refused(" ".join(text for _, text in found))
    return _close(draft, MenuEdition.State.RELEASED, by)


@transaction.atomic
def discard(*, by, revision: int) -> MenuEdition:
    """Undo all: readers keep seeing what they see. The draft is kept, and another one can begin from it."""
    return _close(_as_seen(by, revision), MenuEdition.State.DISCARDED, by)


def _as_seen(by, revision: int) -> MenuEdition:
    draft = locked_draft()
    if change := _changes_of_others(draft, by, revision).first():
        raise Conflict(f"{change.by} changed the draft {_when(change.at)}: {change.note}. Look at it again.")
    return draft


def _close(draft: MenuEdition, state: MenuEdition.State, by) -> MenuEdition:
    draft.state, draft.closed_by, draft.closed_at = state, by, timezone.now()
    draft.save(update_fields=["state", "closed_by", "closed_at"])
    transaction.on_commit(site_profile.expire)
    return draft
