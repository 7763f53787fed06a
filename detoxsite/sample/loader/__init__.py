"""Loads the sample content: an invented center with articles, reviews, requests, and one account for each role."""

from django.contrib.auth import get_user_model
from django.db import transaction

from articles.models import Edition, Synonym, Topic
from detoxsite.core import site_profile
from detoxsite.core.encryption import sealing
from detoxsite.core.models import SiteProfile
from intake.models import CallForHelp
from testimonials.models import StaffName, Testimonial

from .accounts import DOMAIN, load_accounts
from .articles import ArticleLoader
from .content import read
from .requests import load_requests, load_shifts
from .reviews import load_reviews


def has_content() -> bool:
    """Whether there is content already, from here or the center's own."""
    return Topic.objects.exists() or CallForHelp.objects.exists() or Testimonial.objects.exists()


def obstacle() -> str:
    """Why the sample must not or cannot be loaded here; "": it can."""
    if not sealing.holds_private_key():
        return "The sample content is moderated, which takes a private key: load it where DETOX_SITES includes staff."
    if found := _real_content():
        return f"This database has content of its own: {found}. The sample content belongs into an empty one."
    return ""


def _real_content() -> str:
    """What is in the database that no sample made, such as "2 accounts, 1 request"; "": nothing."""
    found = {
        "account": get_user_model().objects.exclude(email__iendswith=f"@{DOMAIN}"),
        "article": Edition.objects.filter(is_sample=False),
        "review": Testimonial.objects.filter(is_sample=False),
        "request": CallForHelp.objects.real().filter(is_sample=False),
    }
    counts = {name: rows.count() for name, rows in found.items()}
    return ", ".join(f"{count} {name}{'' if count == 1 else 's'}" for name, count in counts.items() if count)


@transaction.atomic
def load(*, with_passwords: bool) -> dict[str, str]:
    """Load everything. Returns the passwords of the accounts by email address; None where they have none."""
    _load_site_profile()
    accounts = load_accounts(with_passwords=with_passwords)
    ArticleLoader(accounts).load()
    StaffName.objects.bulk_create(StaffName(**entry) for entry in read("roster.toml")["staff"])
    load_reviews(accounts.staff)
    load_shifts(accounts.staff)
    load_requests(accounts.staff)
    Synonym.objects.bulk_create(Synonym(**entry) for entry in read("synonyms.toml")["synonyms"])
    return accounts.passwords


def _load_site_profile() -> None:
    values = {name: value.strip() for name, value in read("site_profile.toml").items()}
    SiteProfile.objects.filter(pk=1).update(**values)
    site_profile.expire()
