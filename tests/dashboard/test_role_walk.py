"""The role table holds: every address, action, inline and field of the admin, for every role and for no one."""

import logging

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group
from django.db import transaction
from django.test import Client
from django.urls import resolve

from articles.models import Edition
from detoxsite.core import roles
from detoxsite.core.roles import ROLES, ROWS

from .addresses import POST_ONLY, addresses, is_allowed

pytestmark = pytest.mark.django_db

LIST_ACTIONS = {  # the permission that Django's list actions name, as in the table
    "write": ("change", "articles.edition"),
    "sign_off": ("sign_off", "articles.edition"),
}


class Rollback(Exception):
    pass


@pytest.fixture
def clients(people, monkeypatch):
    """A signed-in browser for each role, and one of nobody."""
    monkeypatch.setattr(logging.getLogger("django.request"), "disabled", True)  # thousands of refusals
    clients = {role: Client(raise_request_exception=False) for role in (*ROLES, None)}
    for role in ROLES:
        clients[role].force_login(people[role])
    return clients


def models_with_actions():
    return {model: one for model, one in admin.site._registry.items() if getattr(one, "object_actions", ())}


def label(model) -> str:
    return model._meta.label_lower


def opens(response) -> bool:
    return response.status_code != 403 and not response.headers.get("Location", "").startswith("/admin/login/")


def in_vain(client, method, path, data=None):
    """The answer to a request whose effects are taken back."""
    answers = []
    try:
        with transaction.atomic():
            answers.append(getattr(client, method)(path, data))
            raise Rollback
    except Rollback:
        return answers[0]


def test_every_object_action_is_open_to_the_roles_of_the_table_only(rows, clients):
    tried = []
    for path in addresses(rows):
        if (name := resolve(path).url_name) in POST_ONLY:
            tried += [
                (role, path, opens(in_vain(client, "post", path)), bool(role) and is_allowed(role, name))
                for role, client in clients.items()
            ]
    for model, model_admin in models_with_actions().items():
        for action in model_admin.object_actions:
            path = f"/admin/{model._meta.app_label}/{model._meta.model_name}/{rows[model][0].pk}/act/{action.name}/"
            for role, client in clients.items():
                is_granted = role is not None and action.permission in ROLES[role]
                tried.append((role, path, opens(in_vain(client, "post", path)), is_granted))

    assert [entry for entry in tried if entry[2] != entry[3]] == []
    assert len(tried) > 200


def test_every_list_action_and_inline_is_open_to_the_roles_of_the_table_only(rows, people, rf):
    tried, wrong = 0, []
    for role in ROLES:
        request = rf.get("/")
        request.user, request.resolver_match = people[role], resolve("/admin/")
        for model, model_admin in admin.site._registry.items():
            if not model_admin.has_view_or_change_permission(request):
                continue
            for name, (action, _, _) in model_admin.get_actions(request).items():
                for permission in getattr(action, "allowed_permissions", ["none"]):
                    tried += 1
                    wanted = LIST_ACTIONS.get(permission, (permission, label(model)))
                    if not roles.may(role, *wanted):
                        wrong.append((role, label(model), name))
            for inline in model_admin.get_inline_instances(request):
                for kind in ("add", "change", "delete", "view"):
                    tried += 1
                    args = [request, None] if kind == "add" else [request]
                    has = getattr(inline, f"has_{kind}_permission")(*args)
                    if has != roles.may(role, kind, label(inline.model)):
                        wrong.append((role, label(inline.model), kind))

    assert wrong == []
    assert tried > 80


def test_every_form_asks_for_the_fields_of_the_table_only(rows, clients):
    tried, wrong, asked_for = 0, [], {}
    for model in rows:
        base = f"/admin/{model._meta.app_label}/{model._meta.model_name}/"
        added = f"{base}add/?kind=page" if model is Edition else f"{base}add/"  # a page has all kinds of blocks
        for path in (f"{base}add/", added, *(f"{base}{row.pk}/change/" for row in rows[model][:4])):
            for role in ROLES:
                response = in_vain(clients[role], "get", path)
                if response.status_code != 200:
                    continue
                for asked, fields in forms_of(response, model):
                    tried += len(fields)
                    allowed = roles.writable_fields({role}, asked)
                    asked_for.setdefault((role, asked), set()).update(fields)
                    wrong += [(role, asked, field) for field in fields - allowed]

    assert wrong == []
    unused = {
        (role, row.model, field)
        for row in ROWS
        for role in row.roles
        if row.actions & {"add", "change"}
        for field in row.fields - asked_for.get((role, row.model), set())
    }
    assert unused == set()  # a field of the table that no form asks for is a lie


def forms_of(response, model):
    """Label of the model and editable fields, for the form of the page and each of its inlines."""
    context = response.context
    form, shown = context["adminform"], set(context["adminform"].readonly_fields)
    if context["has_change_permission"] or context["has_add_permission"]:
        yield label(model), set(form.form.fields) - shown
    for formset in context.get("inline_admin_formsets", ()):
        if formset.has_change_permission or formset.has_add_permission:
            own = {formset.formset.fk.name, formset.opts.model._meta.pk.name, "DELETE"}
            yield label(formset.opts.model), set(formset.formset.form.base_fields) - own


def test_the_groups_have_the_permissions_of_the_table_and_no_others(db):
    groups = {group.name: group for group in Group.objects.prefetch_related("permissions__content_type")}

    assert {
        name: {f"{one.content_type.app_label}.{one.codename}" for one in group.permissions.all()}
        for name, group in groups.items()
    } == ROLES
