"""The lists of the staff site look as Django draws them: rows, links, check boxes and filters."""

import re

import pytest
from django.contrib import admin
from django.contrib.admin.templatetags import admin_list
from django.contrib.admin.views.main import ChangeList
from django.test import Client
from django.urls import reverse

from detoxsite.core.adminkit.model_admin import StaffModelAdmin
from detoxsite.core.adminkit.row_urls import row_url
from detoxsite.core.roles import ROLES, may
from detoxsite.core.templatetags import list_rows
from tests.factories import make_draft

OWN_ROWS = {"callforhelp", "testimonial"}  # lists with templates of their own for a row
OTHER_THAN_LISTS = {"siteprofile", "menuedition"}

pytestmark = pytest.mark.django_db


@pytest.fixture
def lists(rows, people):
    """The change list of each model with its rows, as the first role that may see it."""
    found = []
    for model, one in admin.site._registry.items():
        name = model._meta.model_name
        if not isinstance(one, StaffModelAdmin) or name in OWN_ROWS | OTHER_THAN_LISTS:
            continue
        role = next(role for role in ROLES if may(role, "view", model._meta.label_lower))
        client = Client()
        client.force_login(people[role])
        found.append(client.get(reverse(f"admin:{model._meta.app_label}_{name}_changelist")).context["cl"])
    return found


def test_every_list_draws_the_rows_that_django_draws(lists):
    drawn = 0
    for changelist in lists:
        theirs = ["".join(admin_list.items_for_result(changelist, row, None)) for row in changelist.result_list]
        ours = ["".join(row) for row in list_rows.drawn_rows(changelist)]
        assert [re.sub("<small>.*?</small>", "", row) for row in ours] == theirs, changelist.model
        drawn += bool(ours)
        for row in changelist.result_list:
            assert changelist.url_for_result(row) == ChangeList.url_for_result(changelist, row)
            assert changelist.model_admin.action_checkbox(row) == admin.ModelAdmin.action_checkbox(
                changelist.model_admin, row
            )
    assert drawn > 20


def test_every_filter_of_a_list_has_the_choices_that_django_draws(lists):
    pairs = [(changelist, spec) for changelist in lists for spec in changelist.filter_specs]

    for changelist, spec in pairs:
        assert packed(list_rows.list_filter(changelist, spec)) == packed(
            admin_list.admin_list_filter(changelist, spec)
        ), spec.title
    assert len(pairs) > 10


def packed(drawn: str) -> str:
    return re.sub(r"\s*(<[^>]*>)\s*", r"\1", drawn)


@pytest.mark.parametrize("query", ["", "?status=draft&q=a%26b&o=-1", "?author__id__exact=1&author__isnull=False"])
def test_the_addresses_of_choices_are_those_that_django_makes(as_role, query):
    changelist = as_role("editor").get(f"/admin/articles/edition/{query}").context["cl"]

    for new, removed in (
        ({"status": "in_review"}, None),
        ({"status": "a & ü"}, []),
        ({"author__id__exact": 7}, ["author__isnull"]),
        ({"author__id__exact": 8}, ["author__isnull"]),
        ({"author__isnull": "True"}, ["author__id__exact"]),
        ({"is_live": True}, ["author"]),
        ({"status": None}, ["q"]),
        ({"o": "1", "p": "2"}, ["status"]),
        ({"status": ["a", "b"]}, None),
        ({}, ["status", "author"]),
        (None, None),
    ):
        assert changelist.get_query_string(new, removed) == ChangeList.get_query_string(changelist, new, removed)


def test_the_address_of_a_rows_page_is_that_of_the_url_configuration():
    draft = make_draft()
    assert row_url(draft) == reverse("admin:articles_edition_change", args=[draft.pk])
    named = reverse("admin:articles_edition_object_action", args=[draft.pk, "submit"])
    assert row_url(draft, "object_action", "submit") == named
