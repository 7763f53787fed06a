"""A page whose content is finished HTML, within the shell that its template renders once for each site profile."""

import secrets

from django.http import HttpResponse
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe

from . import site_profile
from .page_metadata import Page
from .templatetags.page_tags import head_of

TEMPLATE = "main.html"
FIRST_PAGE = "home.html"  # without the margins of a page


def render_within(request, page: Page, content: SafeString, template: str = TEMPLATE) -> HttpResponse:
    """As ``render(request, template, {"page": page, "main": content})``.

    What comes before, between and after the head's metadata and the content is kept with the parts of the profile
    (templatetags/parts.py). It depends on the entry of the navigation that is marked.
    """
    center = site_profile.current()
    head = head_of(page, request, center)
    key = (template, page.section, page.here)
    shell = center.rendered_parts.get(key)
    if shell is None:
        shell = center.rendered_parts[key] = _shell(request, page, center, head, template)
    before, between, after = shell
    return HttpResponse("".join((before, head, between, content, after)))


def _shell(request, page: Page, center, head: str, template: str) -> tuple[str, str, str]:
    mark = secrets.token_hex(16)
    context = {"page": page, "main": mark_safe(mark), "center": center}  # noqa: S308 digits
    top, _, after = render_to_string(template, context, request).partition(mark)
    before, _, between = top.partition(head)
    return before, between, after
