"""Every address of the admin, for every role and for no one, on rows that exist: none is an error of ours."""

import logging

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.test import Client
from django.urls import resolve

from detoxsite.core.adminkit.model_admin import ReadOnlyModelAdmin
from detoxsite.core.roles import ROLES

from .addresses import POST_ONLY, WITHOUT_CONTENT, addresses, is_allowed

pytestmark = pytest.mark.django_db

QUERIES = ("?q=a&o=1", "?p=1&e=1")
REFUSED_BY_THE_ROW = ("_delete", "_photo", "_object_action")  # the actions are walked in test_role_walk.py
OPENED = {200, 302, 400}  # the last: without the query of a page for scripts
EXPECTED = OPENED | {403, 404, 405}


def test_no_address_of_the_admin_fails_for_any_role(rows, people, monkeypatch):
    monkeypatch.setattr(logging.getLogger("django.request"), "disabled", True)  # 2,000 refusals, each with a traceback
    assert [model for model, some in rows.items() if not some] == []
    known = known_to_all = sorted(set(addresses(rows)))
    assert not [address for address in known if "<" in address]
    assert len(known) > 150
    answers = {}
    for role in (*ROLES, None, "superuser"):
        client = Client(raise_request_exception=False)
        if role:
            client.force_login(people[role])
        if role == "superuser":  # for what no role may open
            known = [address for address in known if not any(answers[who, address] == 200 for who in ROLES)]
        answers |= {(role, address): client.get(address).status_code for address in known}
        lists = [address for address in known if address.count("/") == 4 and answers[role, address] == 200]
        asked = [address + query for address in lists for query in QUERIES]
        answers |= {(role, address): client.get(address).status_code for address in asked}

    assert {asked: status for asked, status in answers.items() if status not in EXPECTED} == {}
    for role in ("compliance", "manager"):
        entry = LogEntry.objects.latest("pk")
        assert answers[role, f"/admin/admin/logentry/{entry.pk}/change/"] == 200
        assert answers[role, "/admin/admin/logentry/"] == 200
    refused = {address for (role, address), status in answers.items() if role is None and status == 200}
    assert refused <= {"/admin/jsi18n/"}
    assert_table_holds({key: answers[key] for key in answers if key[0] in ROLES and key[1] in known_to_all})
    for role in ROLES:  # each may do something, or the test looks at nothing
        assert sum(status == 200 for (who, _), status in answers.items() if who == role) > 10


def assert_table_holds(answers):
    """An address opens to a role if the role table says so; where the row decides too, for some row."""
    names = {address: resolve(address).url_name for _, address in answers}
    skipped = {name for name in names.values() if name.endswith(REFUSED_BY_THE_ROW)}
    pages = set(names.values()) - skipped - WITHOUT_CONTENT - POST_ONLY.keys()
    opened = {(role, names[address]): address for (role, address), status in answers.items() if status in OPENED}
    opened = {key: address for key, address in opened.items() if key[1] in pages}
    allowed = {(role, name) for role in ROLES for name in pages if is_allowed(role, name)}

    assert {key: opened[key] for key in opened.keys() - allowed} == {}
    assert allowed - opened.keys() == set()
    assert len(answers) > 1000


def test_secrets_of_sign_in_are_on_no_page():
    assert not {Authenticator, UserSession} & admin.site._registry.keys()
    assert EmailAddress in admin.site._registry


def test_a_read_only_admin_that_names_no_field_shows_all(rf, people):
    class Plain(ReadOnlyModelAdmin):
        pass

    request = rf.get("/")
    request.user = people["manager"]

    assert "object_repr" in Plain(LogEntry, admin.site).get_readonly_fields(request)
