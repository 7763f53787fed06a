"""Every staff page in Chromium, wide and light, narrow and dark, as every role that may see a page of its template."""

import logging
from collections import defaultdict
from urllib.parse import urlsplit

import pytest
from django.conf import settings as django_settings
from django.test import Client
from django.urls import resolve, reverse

from detoxsite.core.roles import ROLES
from detoxsite.dashboard import navigation

from .addresses import POST_ONLY, WITHOUT_CONTENT, addresses, is_allowed
from .page_checks import Watch

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

ALIKE = ("_history", "_delete", "_compare", "_as_of_date", "_versions", "_preview")  # the same for every row
MORE = ("/admin/articles/edition/add/?kind=page", "/admin/articles/edition/reports/words/?q=withdrawal")
LEADS_TO_ITS_ONE_ROW = "/admin/detoxsite/siteprofile/"
ACCOUNT = (  # pages of one's own account
    *("account_change_password", "account_reauthenticate", "mfa_index", "mfa_activate_totp"),
    "usersessions_list",
)


@pytest.fixture
def clients(people, monkeypatch):
    monkeypatch.setattr(logging.getLogger("django.request"), "disabled", True)  # addresses that are no pages
    clients = {role: Client() for role in ROLES}
    for role, client in clients.items():
        client.force_login(people[role])
    return clients


def visits(rows, clients) -> dict[str, list[str]]:
    """By address of each page: the roles to visit it as."""
    seen, found = defaultdict(set), {}
    for address in [*sorted(set(addresses(rows))), *map(reverse, ACCOUNT), *MORE]:
        name = resolve(urlsplit(address).path).url_name
        kind = next((kind for kind in ALIKE if name.endswith(kind)), "")
        allowed = {role for role in ROLES if name in (*WITHOUT_CONTENT, *ACCOUNT) or is_allowed(role, name)}
        if name in POST_ONLY or not allowed - seen[kind]:
            continue
        able = sorted(allowed, key=lambda role: -len(ROLES[role]))  # who may do most sees most
        answer = clients[able[0]].get(address)
        if not _is_page(answer):
            continue
        template = answer.templates[0].name
        others = [role for role in able[1:] if role not in seen[template]]
        found[address] = [able[0], *(role for role in others if _is_page(clients[role].get(address)))]
        seen[template] |= set(found[address])
        if kind:
            seen[kind] |= allowed
    return found


def _is_page(answer) -> bool:
    """Not a redirect, a refusal by what the row is, or what a script asks for."""
    return answer.status_code == 200 and "html" in answer.headers["Content-Type"]


@pytest.mark.parametrize("half", [0, 1])  # each is walked by a worker of its own
def test_every_page_keeps_what_staff_pages_promise(rows, clients, browser, live_server, settings, half):
    settings.STAFF_ORIGIN = live_server.url
    asked = visits(rows, clients)
    listed = {page.url for job in navigation.JOBS for page in (*job.pages, *job.others) if not page.query}
    assert listed - asked.keys() == {LEADS_TO_ITS_ONE_ROW}
    watches = {}
    for role, client in clients.items():
        context = browser.new_context(reduced_motion="reduce")
        cookie = client.cookies[django_settings.SESSION_COOKIE_NAME]
        context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": live_server.url}])
        watches[role] = Watch(context.new_page(), live_server.url)
    found = {}
    for address, roles in list(asked.items())[half::2]:
        for role in roles:
            found[role, address] = watches[role].faults_at(address, is_first=role == roles[0])
    for watch in watches.values():
        watch.page.context.close()

    assert {visit: faults for visit, faults in found.items() if faults} == {}
