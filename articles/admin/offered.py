"""Permissions of the object actions of an edition, and to which editions they are offered."""

from .. import editorial_gate
from ..models import Kind

CHANGE = "articles.change_edition"
SIGN_OFF = "articles.sign_off_edition"
SIGN_OFF_HOUSE = "articles.sign_off_house_edition"


def is_page(edition, user) -> bool:
    return edition.article.is_page and not edition.article.is_first_page


def is_first_page(edition, user) -> bool:
    return edition.article.is_first_page


def is_article(edition, user) -> bool:
    return not edition.article.is_page


def can_be_copied(edition, user) -> bool:
    """There is one first page."""
    return not edition.article.is_first_page


def is_house_page(edition, user) -> bool:
    return edition.article.kind == Kind.HOUSE


def is_clinical(edition, user) -> bool:
    return edition.article.kind != Kind.HOUSE


def is_clinical_draft(edition, user) -> bool:
    return edition.is_editable and is_clinical(edition, user)


def is_house_draft(edition, user) -> bool:
    return edition.is_editable and is_house_page(edition, user)


def is_clinical_to_sign(edition, user) -> bool:
    return is_clinical(edition, user) and editorial_gate.may_sign(edition, user)


def is_house_page_to_sign(edition, user) -> bool:
    return is_house_page(edition, user) and editorial_gate.may_sign(edition, user)


def is_clinical_to_send_back(edition, user) -> bool:
    return is_clinical(edition, user) and _may_send_back(edition, user)


def is_house_page_to_send_back(edition, user) -> bool:
    return is_house_page(edition, user) and _may_send_back(edition, user)


def _may_send_back(edition, user) -> bool:
    """Those who worked on it and may edit take it back instead."""
    is_signer = editorial_gate.is_signer(edition.article.kind, user)
    return is_signer and not (user.has_perm(CHANGE) and user.pk in editorial_gate.had_a_hand(edition))


def is_in_use(edition, user) -> bool:
    return edition.archived_at is None


def is_archived(edition, user) -> bool:
    return edition.archived_at is not None
