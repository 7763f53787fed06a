"""Find anything: pages of the staff site, things to do, articles by title, guides, a request by its whole reference.

What is typed is sent in a POST, so that it is in no address and no log. Names and words of people are never searched.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from django.contrib import admin
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from articles.models import Edition, State
from detoxsite.core.plain_text import as_seen
from intake.models import CallForHelp
from intake.reception.identifiers import normalize_code

from . import guides, navigation

MAX_TYPED = 100  # letters; what is behind them is not searched for
MAX_ARTICLES = 8
MAX_HEADINGS = 8
MIN_TITLE = 2  # letters of a title or heading
DEEDS = (  # permission, label, icon, name of the address, query
    ("articles.add_edition", "New article", "plus", "admin:articles_edition_add", ""),
    ("articles.add_edition", "New page", "plus", "admin:articles_edition_add", "?kind=page"),
    ("articles.add_picture", "Add a picture", "upload", "admin:articles_picture_add", ""),
    ("intake.answer_callforhelp", "Enter a request", "phone", "admin:intake_callforhelp_enter", ""),
    ("detoxsite.add_user", "Add a staff account", "key", "admin:detoxsite_user_add", ""),
)
ACCOUNT = (
    ("View site", "away", "home"),
    ("Password", "lock", "account_change_password"),
    ("Passkeys and second factor", "key", "mfa_index"),
    ("Devices", "mobile", "usersessions_list"),
)


@dataclass(frozen=True)
class Hit:
    label: str
    url: str
    icon: str
    note: str = ""


def find(user, typed: str) -> list[tuple[str, list[Hit]]]:
    """Titles of groups with their hits, for what ``user`` may open. Without text: all pages and deeds."""
    typed = as_seen(typed[:MAX_TYPED].replace("\0", "")).strip()
    wanted = typed.casefold()
    groups = {
        "Requests": _requests(user, typed),
        "Articles and pages": _articles(user, typed),
        "Do": (hit for hit in _deeds(user) if wanted in hit.label.casefold()),
        "Go to": (hit for hit in _pages(user) if wanted in hit.label.casefold()),
        "Guides": islice(_headings(user, wanted), MAX_HEADINGS),
    }
    return [(title, found) for title, hits in groups.items() if (found := list(hits))]


def _requests(user, typed: str) -> Iterator[Hit]:
    reference = normalize_code(typed)
    if reference and user.has_perm("intake.answer_callforhelp"):
        for pk, status in CallForHelp.objects.real().filter(reference=reference).values_list("pk", "status"):
            url = reverse("admin:intake_callforhelp_change", args=[pk])
            yield Hit(f"Request {reference}", url, "phone", CallForHelp(status=status).get_status_display())


def _articles(user, typed: str) -> Iterator[Hit]:
    if len(typed) < MIN_TITLE or not user.has_perm("articles.view_edition"):
        return
    newest = Edition.objects.newest().filter(title__icontains=typed).order_by("title", "pk")
    for edition in newest.only("title", "state", "note", "archived_at", "publish_at")[:MAX_ARTICLES]:
        url = reverse("admin:articles_edition_change", args=[edition.pk])
        is_live = edition.state == State.SIGNED_OFF and edition.publish_at <= timezone.now()  # and the newest
        yield Hit(edition.title, url, "page", "Live" if is_live else edition.status_text.capitalize())


def _deeds(user) -> Iterator[Hit]:
    for permission, label, icon, view, query in DEEDS:
        if user.has_perm(permission):
            yield Hit(label, reverse(view) + query, icon)


def _pages(user) -> Iterator[Hit]:
    home = navigation.HOME
    yield Hit(home.label, home.url, home.icon)
    for job in navigation.jobs_of(user):
        yield from (Hit(page.label, page.url, page.icon, job.name) for page in (*job.pages, *job.others))
    yield Hit("Guides", reverse("admin:guides"), "book")
    yield from (Hit(label, reverse(view), icon, "Your account") for label, icon, view in ACCOUNT)


def _headings(user, wanted: str) -> Iterator[Hit]:
    """Parts of the guides, first of those for the person's roles."""
    if len(wanted) < MIN_TITLE:
        return
    for guide in guides.guides_for(navigation.waiting_for(user).roles):
        for heading in guide.headings:
            if wanted in heading.text.casefold():
                yield Hit(heading.text, guides.part_url(f"{guide.name}#{heading.id}"), "help", guide.title)


@require_http_methods(["GET", "HEAD", "POST"])
def page(request):
    """The page, which works without a script; for the script of the palette only the hits."""
    typed = request.POST.get("typed", "")
    context = {"groups": find(request.user, typed), "typed": typed}
    if request.method == "POST" and request.POST.get("part") == "hits":
        return render(request, "admin/_hits.html", context)
    return render(request, "admin/find.html", {**admin.site.each_context(request), "title": "Find or go to", **context})
