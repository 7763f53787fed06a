"""Who can sign in, and what each role finds on the first page."""

import re

import pytest
from allauth.account.models import EmailAddress
from django.contrib.admin import ModelAdmin, site
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group
from django.core import mail
from django.core.management import CommandError, call_command
from django.utils import timezone

from articles.models import State
from detoxsite.core import roles
from detoxsite.core.adminkit.model_admin import ReadOnlyModelAdmin
from detoxsite.core.models import SiteProfile, User
from tests.factories import (
    make_call,
    make_draft,
    make_live,
    make_review,
    make_user,
)

pytestmark = pytest.mark.django_db

PASSWORD = "correct horse battery"


def test_the_six_roles_exist_from_the_start():
    assert sorted(Group.objects.values_list("name", flat=True)) == sorted(roles.ROLES)
    for group in Group.objects.all():
        assert group.permissions.count() == len(roles.ROLES[group.name])


def test_nobody_may_delete_records():
    granted = set().union(*roles.ROLES.values())

    assert not granted & {
        *("intake.delete_callforhelp", "intake.delete_contactattempt", "testimonials.delete_testimonial"),
        *("admin.delete_logentry", "detoxsite.delete_user", "articles.delete_edition"),
    }
    assert "intake.view_callforhelp" not in roles.ROLES["compliance"]


@pytest.mark.parametrize(
    ("role", "expected", "clear"),
    [
        ("admissions", ["2 unclaimed requests"], ["people not reached yet", "people reached but still open"]),
        ("moderator", ["1 review to decide on"], []),
        ("clinician", ["1 article to sign off"], []),
        ("editor", ["1 draft sent back with a note", "1 page overdue for review"], ["other open drafts"]),
        ("compliance", [], []),
    ],
)
def test_the_first_page_lists_pending_work(as_role, role, expected, clear):
    make_call()
    make_call()
    make_review()
    make_draft(state=State.IN_REVIEW)
    make_draft(note="Add a source.")
    make_live(review_due_on=timezone.localdate() - timezone.timedelta(days=1))

    html = as_role(role).get("/admin/").content.decode()

    waiting = re.findall(r"<b>(\d+)</b> ([^<]+?)(?=<br>|</a>)", html)
    assert [f"{number} {label}" for number, label in waiting] == expected
    calm = re.search(r'<p class="calm">(.+?)</p>', html)
    assert re.findall(r">([^<]+)</a>", calm[1] if calm else "") == clear


def test_each_number_leads_to_as_many_rows(as_role):
    client = as_role("manager")
    make_call()
    make_call(status="calling", claimed_at=timezone.now(), claimed_by=client.user)
    make_call(status="unreached")
    make_call(is_quarantined=True)
    make_review()
    make_review("published")
    make_draft(state=State.IN_REVIEW)
    tiles = re.findall(r'<a href="([^"]+)"><b>(\d+)</b>', client.get("/admin/").content.decode())

    for url, number in tiles:
        rows = re.findall(r'<th class="field-|<li class="urgency-', client.get(url).content.decode())
        assert len(rows) == int(number), url
    assert [int(number) for _, number in tiles] == [1, 1, 1, 1]


def test_visitors_are_sent_to_the_sign_in_page(client):
    response = client.get("/admin/intake/callforhelp/")

    assert response.headers["Location"].startswith("/admin/login/")
    assert client.get("/admin/login/?next=/admin/").headers["Location"] == "/accounts/login/?next=%2Fadmin%2F"


def test_an_account_that_is_not_staff_gets_nowhere(client):
    client.force_login(make_user(is_staff=False))

    assert client.get("/admin/", follow=True).status_code == 403


def test_a_password_signs_in_and_a_wrong_one_does_not(client):
    user = make_user("editor", email="Eda@Example.org")

    wrong = client.post("/accounts/login/", {"login": user.email, "password": "wrong"})
    right = client.post("/accounts/login/", {"login": "eda@example.org", "password": PASSWORD})

    assert wrong.status_code == 200
    assert right.headers["Location"] == "/admin/"


def test_nobody_can_create_their_own_account(client):
    before = User.objects.count()

    assert client.get("/accounts/signup/").headers["Location"] == "/accounts/login/"
    client.post("/accounts/signup/", {"email": "me@example.org", "password1": PASSWORD})

    assert User.objects.count() == before


def test_a_one_time_link_signs_in_once(client, capsys):
    call_command("staff", "new@example.org", "--role", "moderator")
    link = capsys.readouterr().out.strip().removeprefix("http://testserver")

    form = client.get(link, follow=True)
    done = client.post(form.redirect_chain[-1][0], {"new_password1": PASSWORD, "new_password2": PASSWORD})

    user = User.objects.get(email="new@example.org")
    assert done.headers["Location"] == "/admin/"
    assert client.get("/admin/").status_code == 200
    assert [group.name for group in user.groups.all()] == ["moderator"]
    client.logout()
    assert "This link has expired" in client.get(link, follow=True).content.decode()


def test_the_command_refuses_an_invalid_address():
    with pytest.raises(CommandError, match="not an email address"):
        call_command("staff", "nobody", "--role", "editor")


def test_addresses_differ_by_more_than_their_case():
    make_user(email="one@example.org")

    with pytest.raises(Exception, match="user_email_once"):
        make_user(email="ONE@example.org")


def test_a_manager_creates_accounts_and_gets_a_link_to_pass_on(as_role):
    client = as_role("manager")
    group = Group.objects.get(name="admissions")

    response = client.post(
        "/admin/detoxsite/user/add/",
        {"email": "new@example.org", "first_name": "N", "last_name": "W", "groups": [group.pk], "is_active": "on"},
        follow=True,
    )

    made = User.objects.get(email="new@example.org")
    assert "/accounts/welcome/" in response.content.decode()
    assert (made.is_staff, made.is_superuser, made.has_usable_password()) == (True, False, False)


@pytest.mark.parametrize("role", ["editor", "clinician", "moderator", "admissions", "compliance"])
def test_only_managers_reach_accounts_and_the_center(as_role, role):
    client = as_role(role)

    assert client.get("/admin/detoxsite/user/").status_code == 403
    assert client.get("/admin/detoxsite/siteprofile/1/change/").status_code == 403


def test_the_center_is_edited_in_one_place_and_shows_at_once(as_role):
    client = as_role("manager")
    client.get("/")
    center = SiteProfile.objects.get()
    fields = [field.name for field in SiteProfile._meta.fields if field.name != "id"]
    values = {name: getattr(center, name) for name in fields}

    refused = client.post("/admin/detoxsite/siteprofile/1/change/", {**values, "phone": "abc", "hours": "no colon"})
    client.post(
        "/admin/detoxsite/siteprofile/1/change/",
        {**values, "name": "Quiet Cove", "phone": "(212) 555-0123", "notice": "No visits this week."},
    )

    assert "Enter a phone number with its area code." in refused.content.decode()
    assert "Each line needs a colon" in refused.content.decode()
    for url in ("/", "/help/", "/no-such-page/"):
        html = client.get(url).content.decode()
        assert "Quiet Cove" in html
        assert 'href="tel:+12125550123"' in html
        assert "No visits this week." in html


def test_there_is_one_site_profile():
    with pytest.raises(Exception, match="one_site_profile"):
        SiteProfile.objects.create(pk=2)


@pytest.mark.parametrize("path", ["add/", "{pk}/delete/", "{pk}/change/"])
def test_the_admin_log_is_read_only(as_role, path):
    client = as_role("manager")
    entry = LogEntry.objects.create(user=client.user, action_flag=2, object_repr="As it was")

    response = client.post(f"/admin/admin/logentry/{path.format(pk=entry.pk)}", {"object_repr": "x", "post": "yes"})

    assert response.status_code == 403
    assert [entry.object_repr for entry in LogEntry.objects.all()] == ["As it was"]
    assert client.get("/admin/admin/logentry/").status_code == 200
    assert as_role("compliance").get("/admin/admin/logentry/").status_code == 200


@pytest.mark.parametrize("role", ["compliance", "manager"])
def test_an_entry_of_who_did_what_can_be_opened(as_role, role):
    client = as_role(role)
    entry = LogEntry.objects.create(user=client.user, action_flag=2, object_repr="As it was")

    html = client.get(f"/admin/admin/logentry/{entry.pk}/change/").content.decode()

    assert "As it was" in html
    assert f"/admin/detoxsite/user/{client.user.pk}/change/" not in html


def test_each_read_only_page_says_which_fields_it_shows():
    """Without that, ReadOnlyModelAdmin asks for the fields to find the fields."""
    silent = {
        type(one).__name__
        for one in site._registry.values()
        if isinstance(one, ReadOnlyModelAdmin)
        and not (one.fields or one.fieldsets or type(one).get_fieldsets is not ModelAdmin.get_fieldsets)
    }

    assert silent == set()


def test_an_account_without_a_role_is_not_created(as_role):
    client = as_role("manager")

    response = client.post("/admin/detoxsite/user/add/", {"email": "x@example.org", "is_active": "on"})

    assert "Choose at least one role" in response.content.decode()
    assert not User.objects.filter(email="x@example.org").exists()


def test_a_manager_restores_access_except_for_accounts_above_them(as_role):
    client = as_role("manager")
    editor, root = make_user("editor"), make_user("editor", is_superuser=True)

    link = client.post(f"/admin/detoxsite/user/{editor.pk}/act/new-link/", follow=True).content.decode()
    refused = client.post(f"/admin/detoxsite/user/{root.pk}/act/new-link/", follow=True).content.decode()
    client.post(f"/admin/detoxsite/user/{root.pk}/change/", {"email": "mine@example.org"})

    root.refresh_from_db()
    assert "/accounts/welcome/" in link
    assert "/accounts/welcome/" not in refused
    assert "Only a superuser can create a sign-in link" in refused
    assert root.email != "mine@example.org"


def test_managers_cannot_lock_themselves_out(as_role):
    client = as_role("manager")

    client.post(f"/admin/detoxsite/user/{client.user.pk}/change/", {"email": client.user.email, "first_name": "Ruth"})

    client.user.refresh_from_db()
    assert (client.user.first_name, client.user.is_active) == ("Ruth", True)
    assert [group.name for group in client.user.groups.all()] == ["manager"]


def test_an_old_address_does_not_sign_in_any_more(as_role, client):
    editor = make_user("editor", email="old@example.org")
    EmailAddress.objects.create(user=editor, email="old@example.org", primary=True, verified=True)
    role = Group.objects.get(name="editor").pk

    as_role("manager").post(
        f"/admin/detoxsite/user/{editor.pk}/change/",
        {"email": "new@example.org", "groups": [role], "is_active": "on"},
    )

    client.logout()
    assert client.post("/accounts/login/", {"login": "old@example.org", "password": PASSWORD}).status_code == 200
    assert client.post("/accounts/login/", {"login": "new@example.org", "password": PASSWORD}).status_code == 302


def test_addresses_are_changed_by_managers_only(as_role):
    assert as_role("editor").get("/accounts/email/").headers["Location"] == "/admin/"


def test_nobody_can_make_the_center_email_a_stranger(client):
    client.post("/accounts/password/reset/", {"email": "stranger@elsewhere.example"})

    assert mail.outbox == []


# --- lists -----------------------------------------------------------------------------------------------------------

EDITIONS, REVIEWS, CALLS = "/admin/articles/edition/", "/admin/testimonials/testimonial/", "/admin/intake/callforhelp/"


def test_accounts_and_roles_have_the_names_that_people_read(as_role):
    client = as_role("manager")
    make_user("front_desk")

    listed, form = (client.get(f"/admin/detoxsite/user/{part}").content.decode() for part in ("", "add/"))
    found = client.get("/admin/detoxsite/user/?role=front_desk").content.decode()

    for html in (listed, form, found):
        assert "Front desk" in html
        assert "Staff accounts" in html
        assert ">Users<" not in html
        assert ">front_desk<" not in html
    assert "Add staff account" in form
    assert client.get("/admin/detoxsite/user/?role=%00").status_code != 500


USERS, LOG = "/admin/detoxsite/user/", "/admin/admin/logentry/"


@pytest.mark.parametrize(
    ("url", "query"),
    [
        (REVIEWS, "stars__exact=5"),
        (REVIEWS, "email__startswith=w"),
        (CALLS, "story__icontains=drink"),
        (CALLS, "phone__contains=555"),
        (USERS, "password__startswith=argon2"),
        (EDITIONS, "title__regex=("),
        (LOG, "action_time__year=99999999999999999999"),
    ],
)
def test_a_list_accepts_only_its_own_filters(as_role, url, query):
    assert as_role("manager").get(f"{url}?{query}").status_code == 400


@pytest.mark.parametrize(
    ("url", "query"),
    [
        (EDITIONS, "state__exact=%00"),
        (EDITIONS, "article__topic__id__exact=99999999999999999999"),
        (EDITIONS, "q=%00"),
        (EDITIONS, "p=99999999999999999999"),
        (EDITIONS, "o=99.-99.x"),
        (REVIEWS, "tie__exact=%00"),
        (REVIEWS, "submitted_at__gte=99999-99-99"),
        (CALLS, "language__exact=%00"),
        (CALLS, "unclaimed=%00"),
        (CALLS, "e=1"),
        (LOG, "action_time__gte=x"),
        (USERS, "groups__id__exact=x"),
    ],
)
def test_an_odd_address_of_a_list_gets_no_500(as_role, url, query):
    response = as_role("manager").get(f"{url}?{query}", follow=True)

    assert response.status_code in {200, 400}


@pytest.mark.parametrize(
    "path", ["abc/change/", "99999999999999999999/change/", "%00/change/", "1/act/nope/", "x/history/"]
)
@pytest.mark.parametrize("url", [EDITIONS, REVIEWS, CALLS, USERS, LOG])
def test_an_odd_address_of_an_object_gets_no_500(as_role, url, path):
    client = as_role("manager")

    assert client.get(url + path, follow=True).status_code in {200, 403, 404}
    assert client.post(url + path, follow=True).status_code in {200, 403, 404}


def test_the_tab_key_leads_from_the_email_address_to_the_password(client):
    """A regression: a link stood between the two, and who typed on sent the password nowhere."""
    form = client.get("/accounts/login/").content.decode().split("<form", 1)[1].split("</form>")[0]

    between = form.split('name="login"')[1].split('name="password"')[0]
    assert "<a " not in between
