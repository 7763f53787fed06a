"""Where an entry of a menu leads: the choices, what staff type, and how it stands with what is there."""

from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from detoxsite.core.form_fields import key_of
from detoxsite.core.redirects.addresses import clean_target, normal_path

from ..models import PAGE_KINDS, Article, Edition, MenuEntry, Route, State, Topic
from .shown import ROUTES, route_url

MAX_CHOICES = 300  # pages in the list; others are chosen by their address
MAX_FRAGMENT = MenuEntry._meta.get_field("fragment").max_length
MAX_URL = MenuEntry._meta.get_field("url").max_length


# --- the list of choices ---------------------------------------------------------------------------------------------


def choices(entry: MenuEntry | None = None) -> list[tuple]:
    """Pages that are or will be on the site, topics and parts of the site, in groups; and what ``entry`` leads to."""
    pages = [(f"document:{pk}", f"{title} (/{path}/)") for pk, path, title in _pages()]
    topics = [(f"topic:{pk}", name) for pk, name in Topic.objects.values_list("pk", "name")]
    own = value_of(entry) if entry else ""
    if own.startswith("document:") and own not in dict(pages):
        pages.append((own, f"/{entry.document.path}/"))
    return [("Pages", pages), ("Topics", topics), ("Parts of the site", [(f"route:{one}", one.label) for one in Route])]


def _pages():
    """Key, path and newest title of pages, without those that were taken down."""
    newest = Edition.objects.newest().exclude(state=State.WITHDRAWN).filter(article__kind__in=PAGE_KINDS)
    return newest.order_by("article__path").values_list("article", "article__path", "title")[:MAX_CHOICES]


def value_of(entry: MenuEntry) -> str:
    """The choice that an entry has now; empty for none, and for another site."""
    for name in ("document", "topic"):
        if key := getattr(entry, f"{name}_id"):
            return f"{name}:{key}"
    return f"route:{entry.route}" if entry.route else ""


def address_of(entry: MenuEntry) -> str:
    """What to show as the address of an entry; empty for a name."""
    if entry.document:
        return f"{entry.document.get_absolute_url()}{entry.fragment and '#'}{entry.fragment}"
    if entry.topic:
        return entry.topic.get_absolute_url()
    return route_url(entry.route) if entry.route in ROUTES else entry.url


# --- what staff choose and type --------------------------------------------------------------------------------------


def from_choice(value: str) -> dict:
    """Fields of an entry for a choice. Raises ValidationError, also for a page that was taken down meanwhile."""
    kind, _, key = value.partition(":")
    if kind == "route" and key in ROUTES:
        return {"route": key}
    model = {"document": Article, "topic": Topic}.get(kind)
    found = model.objects.filter(pk=key_of(key)).first() if model else None
    if found is None:
        raise ValidationError("This is not there any more. Choose something else.")
    if kind == "document":
        require_not_withdrawn(found)
    return {kind: found}


def from_address(typed: str) -> dict:
    """Fields of an entry for an address of this site or, with https, of another one. Raises ValidationError."""
    address = clean_target(typed, may_be_outside=True)
    if not address.startswith("/"):
        if len(address) > MAX_URL:
            raise ValidationError(f"The address is longer than {MAX_URL} characters.")
        return {"url": address}
    path, _, fragment = address.partition("#")
    for route in ROUTES:
        if route_url(route) == address:
            return {"route": route}
    document = Article.objects.filter(path=normal_path(path).lstrip("/")).first()
    if document:
        require_not_withdrawn(document)
        if len(fragment) > MAX_FRAGMENT:
            raise ValidationError(f"What follows “#” is longer than {MAX_FRAGMENT} characters.")
        return {"document": document, "fragment": fragment}
    topics = Topic.objects.values_list("slug", "pk")
    for slug, pk in topics:
        if reverse("articles:topic", args=[slug]) == path:
            return {"topic": Topic(pk=pk, slug=slug)}
    raise ValidationError("No page, article or topic of this site has this address.")


def require_not_withdrawn(document: Article) -> None:
    state = standing(document)
    if state.startswith("withdrawn"):
        raise ValidationError(f"{document.get_absolute_url()} was {state}. Publish it again first.")


def standing(document: Article) -> str:
    """How it stands with a document: "" while readers can see it, or why they cannot, as an adjective with its date."""
    now = timezone.now()
    editions = Edition.objects.filter(article=document)
    if editions.published(now).exists():
        return ""
    scheduled = editions.filter(state=State.SIGNED_OFF).order_by("publish_at").first()
    if scheduled:
        return f"scheduled for {_day(scheduled.publish_at)}"
    if editions.filter(~Q(state__in=[State.WITHDRAWN])).exists():
        return "not signed off yet"
    withdrawn = editions.order_by("-withdrawn_at").first()
    return f"withdrawn on {_day(withdrawn.withdrawn_at)}" if withdrawn else "not written yet"


def _day(moment) -> str:
    return date_format(timezone.localtime(moment), "F j, Y")


def notes(entries: Iterable[MenuEntry], center) -> dict[int, str]:
    """By key of an entry, why readers do not see it at the moment, or what else to know about it."""
    documents = [one.document_id for one in entries if one.document_id]
    live = set(Edition.objects.published().filter(article__in=documents).values_list("article", flat=True))
    return {one.pk: note for one in entries if one.document_id not in live and (note := _note(one, center))}


def _note(entry: MenuEntry, center) -> str:
    if entry.document:
        return f"Not on the site: {standing(entry.document)}."
    if entry.route == Route.STEPS and not center.steps:
        return "Not on the site: the first page has no steps."
    if entry.route and entry.route not in ROUTES:
        return "Not on the site: this version does not know it."
    return "Leads to another site." if entry.url else ""
