"""The roles: a table of permissions, granted to one group a role after each ``migrate``."""

_BLOCKS = ("text", "figure", "callout", "keyfacts", "pullquote", "source")


def _all(app: str, *models: str) -> set[str]:
    """All four of Django's permissions on the models."""
    return {f"{app}.{action}_{model}" for model in models for action in ("add", "change", "delete", "view")}


def _edit(app: str, *models: str) -> set[str]:
    """All but deleting."""
    return {f"{app}.{action}_{model}" for model in models for action in ("add", "change", "view")}


def _view(app: str, *models: str) -> set[str]:
    return {f"{app}.view_{model}" for model in models}


_EDITOR = _edit("articles", "edition", "topic", "person") | _all("articles", "picture", "synonym", *_BLOCKS)
_CLINICIAN = _view("articles", "edition", "topic", "person", "picture", *_BLOCKS) | {"articles.sign_off_edition"}
_MODERATOR = _view("testimonials", "testimonial", "staffname", "report") | {"testimonials.decide_testimonial"}
_ADMISSIONS = _view("intake", "callforhelp", "contactattempt", "shift", "escalationstep", "delivery") | {
    *("intake.answer_callforhelp", "intake.view_statistics")
}
_RECORDS = _view("intake", "disclosure", "accesslogentry", "erasurebatch", "delivery") | {
    *("detoxsite.view_consenttext", "intake.view_statistics")
}

ROLES: dict[str, set[str]] = {
    "editor": _EDITOR,
    "clinician": _CLINICIAN,
    "moderator": _MODERATOR,
    "admissions": _ADMISSIONS,
    "compliance": _RECORDS
    | _view("testimonials", "testimonial", "report", "outgoingemail")
    | _view("articles", "edition")
    | _view("admin", "logentry"),
    "manager": _EDITOR
    | _CLINICIAN
    | _MODERATOR
    | _ADMISSIONS
    | _RECORDS
    | _all("intake", "shift", "escalationstep", "webhook")
    | {"detoxsite.add_consenttext", "intake.approve_erasure"}
    | _all("testimonials", "staffname")
    | _view("testimonials", "outgoingemail")
    | _view("articles", "reminder")
    | _view("intake", "retentionwarning")
    | _edit("detoxsite", "user")
    | {"detoxsite.change_siteprofile", "detoxsite.view_siteprofile"}
    | _view("admin", "logentry"),
}
