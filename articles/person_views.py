"""Public pages of people: who they are, what they wrote and reviewed. Shown only where the person's page is on."""

from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string

from detoxsite.core import site_profile
from detoxsite.core.page_cache import finished_page
from detoxsite.core.page_metadata import Page
from detoxsite.core.page_shell import render_within
from detoxsite.core.pagination import key_in_query

from .models import Person
from .published.people import COLUMNS, work_of


@finished_page("articles", "center")
def person(request, slug):
    found = get_object_or_404(_people(), slug=slug)
    if not found.has_page:
        return _gone(request, found)
    page = Page(str(found), _description(found), section="articles", kind="ProfilePage")
    page.facts = {"mainEntity": _schema_org(request, found)}
    lists = {kind: work_of(found.pk, kind) for kind in COLUMNS}
    context = {"person": found, "center": site_profile.current(), **lists}
    return render_within(request, page, render_to_string("articles/_person_page.html", context))


@finished_page("articles", "center", query=("after",))
def work(request, slug, kind):
    """All that a person wrote or reviewed, in parts."""
    found = get_object_or_404(_people(), slug=slug, has_page=True)
    after = key_in_query(request, "after")
    shown = work_of(found.pk, kind, after=after)
    if not shown.rows:
        return redirect(found)
    title = f"What {found.name} {'wrote' if kind == 'wrote' else 'reviewed'}{': older' if after else ''}"
    page = Page(title, _description(found), section="articles", index=not after)
    context = {"person": found, "shown": shown, "kind": kind, "title": title, "center": site_profile.current()}
    return render_within(request, page, render_to_string("articles/_person_work.html", context))


def _people():
    return Person.objects.select_related("picture").defer("user", "picture__title", "picture__credit")


def _gone(request, found: Person):
    """410 where there was a page, and 404 as if nobody of that name existed where there was none."""
    if not found.had_page:
        raise Http404
    page = Page("This page is gone", "This page was taken down. Call us, or ask in writing.", index=False)
    return render(request, "410.html", {"page": page, "code": 410}, status=410)


def _description(found: Person) -> str:
    center = site_profile.current()
    return f"{found}, {found.role} at {center.name}: credentials, and the articles written and reviewed."[:200]


def _schema_org(request, found: Person) -> dict:
    """schema.org properties of the person; all of them visible on the page."""
    facts = {
        "@type": "Person",
        "name": found.name,
        "honorificSuffix": found.credentials,
        "jobTitle": found.role,
        "url": request.build_absolute_uri(found.get_absolute_url()),
    }
    if not found.has_left:
        center = site_profile.current()
        facts["worksFor"] = {"@type": "Organization", "name": center.name, "url": request.build_absolute_uri("/")}
    if found.bio:
        facts["description"] = found.bio
    if found.picture:
        facts["image"] = request.build_absolute_uri(found.picture.image.webp_480)
    if found.license_number:
        facts["hasCredential"] = {
            "@type": "EducationalOccupationalCredential",
            "credentialCategory": "license",
            "name": found.license_kind,
            "identifier": found.license_number,
            "recognizedBy": {"@type": "Organization", "name": f"State of {found.license_state}"},
        }
    return facts
