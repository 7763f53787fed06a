"""Loads the sample content: an invented center with articles, reviews, requests, and one account for each role."""

from django.db import transaction

from articles.models import Synonym, Topic
from detoxsite.core import site_profile
from detoxsite.core.models import SiteProfile
from intake.models import CallForHelp
from testimonials.models import StaffName, Testimonial

from .accounts import load_accounts
from .articles import ArticleLoader
from .content import read
from .requests import load_requests, load_shifts
from .reviews import load_reviews


def has_content() -> bool:
    """Whether there is content already, from here or the center's own."""
    return Topic.objects.exists() or CallForHelp.objects.exists() or Testimonial.objects.exists()


@transaction.atomic
def load() -> dict[str, str]:
    """Load everything. Returns the passwords of the accounts by email address."""
    _load_site_profile()
    accounts = load_accounts()
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
