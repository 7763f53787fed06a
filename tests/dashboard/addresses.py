"""Every address of the admin's URLconf, with rows in place of its arguments."""

import re
from collections.abc import Iterator

from django.contrib import admin

from detoxsite.core import roles

STATES = {  # rows in different states, whose pages differ
    "intake.callforhelp": 4,
    "testimonials.testimonial": 4,
    "articles.edition": 4,
}

WITHOUT_CONTENT = {  # for all staff
    *("index", "find", "guides", "own_filters", "app_list", "autocomplete", "view_on_site", "jsi18n", "login"),
    *("password_change", "password_change_done"),
}
PAGES = {  # pages beside Django's own: what one must be allowed to do to which model
    **{f"articles_edition_{name}_new": ("add", "articles.edition") for name in ("autosave", "live_preview")},
    "articles_edition_autosave": ("change", "articles.edition"),
    "articles_edition_live_preview_new": ("add", "articles.edition"),
    "articles_edition_first_page": ("change", "articles.edition"),
    "articles_edition_waive": ("change", "articles.edition"),
    **{
        f"articles_edition_{name}": ("view", "articles.edition")
        for name in ("calendar", "reports", "review_due", "links", "ageing", "words")
    },
    "articles_picture_add_several": ("add", "articles.picture"),
    "articles_menuedition_preview": ("view", "articles.menuedition"),
    "testimonials_testimonial_preview": ("decide", "testimonials.testimonial"),
    "testimonials_testimonial_photo": ("decide", "testimonials.testimonial"),
    "intake_erasurebatch_due": ("approve", "intake.erasure"),
    "intake_figures": ("view", "intake.statistics"),
    "intake_disclosure_person": ("view", "intake.disclosure"),
    "detoxsite_redirect_import": ("add", "detoxsite.redirect"),
    **{f"detoxsite_redirect_{name}": ("view", "detoxsite.redirect") for name in ("export", "vain")},
    "my_messages": ("view", "articles.edition"),
    "access_report": ("view", "detoxsite.sealedaccess"),
    **{f"intake_callforhelp_{name}": ("answer", "intake.callforhelp") for name in ("enter", "news", "next")},
    "intake_callforhelp_print": ("view_clinical", "intake.callforhelp"),
}
POST_ONLY = {  # the same, for pages that answer no GET; walked in test_role_walk.py
    "articles_picture_choose": ("view", "articles.picture"),
    "articles_picture_upload": ("add", "articles.picture"),
    "intake_callforhelp_here": ("answer", "intake.callforhelp"),
    "articles_menuedition_edit": ("edit", "articles.menuedition"),
    **{f"articles_edition_{name}": ("change", "articles.edition") for name in ("link_targets", "known_sources")},
}


def addresses(rows) -> Iterator[str]:
    """Every address of the admin's URLconf, with the rows in place of its arguments."""
    models = {f"{model._meta.app_label}/{model._meta.model_name}/": model for model in rows}
    for pattern in admin.site.get_urls():
        prefix = str(pattern.pattern)
        if prefix in models:
            yield from _of_model(prefix, pattern.url_patterns, rows[models[prefix]], models[prefix])
        elif prefix == "r/":
            yield f"/admin/{prefix}1/1/"
        elif not prefix.startswith("^") and "<" not in prefix and prefix != "logout/":
            yield f"/admin/{prefix}"
    yield from (f"/admin/{app}/" for app in {model._meta.app_label for model in rows})


def _of_model(prefix, patterns, objects, model) -> Iterator[str]:
    [action, *_] = [act.name for act in getattr(admin.site._registry[model], "object_actions", ())] or ["none"]
    for pattern in patterns:
        path, converters = str(pattern.pattern), pattern.pattern.converters
        if pattern.name is None:
            continue  # Django's redirect of an old address to that of the object
        if not converters:
            yield f"/admin/{prefix}{path}"
            continue
        name = next(name for name in converters if name != "name")
        kind = type(converters[name]).__name__.removesuffix("Converter").lower()
        kind = kind if kind != "string" else "str"
        is_page = "<slug:name>" not in path and not path.endswith(("/history/", "/delete/"))
        some = objects[: STATES.get(model._meta.label_lower, 1) if is_page else 1]
        for one in some:
            filled = path.replace(f"<{kind}:{name}>", str(one.pk)).replace("<slug:name>", action)
            yield f"/admin/{prefix}{filled}"


def is_allowed(role: str, url_name: str) -> bool:
    """Whether the role table opens a page of the admin to the role."""
    if page := (PAGES | POST_ONLY).get(url_name):
        return roles.may(role, *page)
    app, model, page = re.fullmatch(r"([a-z]+)_([a-z]+)_(\w+)", url_name).groups()
    actions = {page} if page in ("add", "delete") else {"view", "change"}
    return any(roles.may(role, action, f"{app}.{model}") for action in actions)
