"""The addresses of editions in the admin, beside those that Django's own have."""

from functools import partial

from django.urls import URLPattern, path

from . import (
    autosave,
    calendar,
    comments,
    draft_versions,
    first_page,
    live_preview,
    lookups,
    preview_history,
    reports,
    words_report,
)

PAGES = (  # of one edition: the last part of the address, the name of the URL, the view
    ("work", "autosave", autosave.autosave_view),
    ("preview", "preview", preview_history.preview_view),
    ("preview/live", "live_preview", live_preview.live_preview_view),
    ("comments", "comments", comments.comments_view),
    ("compare", "compare", preview_history.compare_view),
    ("then", "as_of_date", preview_history.as_of_date_view),
    ("versions", "versions", draft_versions.versions_view),
)
OVERVIEWS = (  # over all editions: the address, the name of the URL, the view
    ("calendar", "calendar", calendar.calendar_view),
    ("reports", "reports", reports.my_work_view),
    ("reports/review-due", "review_due", reports.review_due_view),
    ("reports/links", "links", reports.links_view),
    ("reports/ageing", "ageing", reports.ageing_view),
    ("reports/words", "words", words_report.words_view),
)
OF_NEW_ARTICLES = {autosave.autosave_view, live_preview.live_preview_view}


def of(model_admin) -> list[URLPattern]:
    """All of them, each asking for what the admin asks for."""

    def view(function):
        return model_admin.admin_site.admin_view(partial(function, model_admin))

    new = [
        path(f"add/{address}/", view(function), {"pk": None}, name=f"articles_edition_{name}_new")
        for address, name, function in PAGES
        if function in OF_NEW_ARTICLES
    ]
    pages = [
        path(f"<int:pk>/{address}/", view(function), name=f"articles_edition_{name}")
        for address, name, function in PAGES
    ]
    overviews = [
        path(f"{address}/", view(function), name=f"articles_edition_{name}")
        for address, name, function in (*OVERVIEWS, *lookups.LOOKUPS)
    ]
    first = path("first-page/", view(first_page.first_page_view), name="articles_edition_first_page")
    return [*new, first, *overviews, *pages]
