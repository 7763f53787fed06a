"""The database role of the public half: its pages and forms work with it, and PostgreSQL refuses everything else."""

import contextlib
import io
import re

import psycopg2.errors
import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import OperationalError, ProgrammingError, connection, transaction
from django.test import Client, override_settings
from django.urls import reverse
from django.utils import timezone

from articles.models import Edition, State
from detoxsite.ops import database_roles
from detoxsite.ops.public_rights import PUBLIC
from intake.models import CallForHelp, Message
from testimonials.models import Author, Status, Testimonial
from tests.core.public_forms.test_forms import HELP, REVIEW, VALID, carried, form
from tests.factories import make_live, make_review

pytestmark = pytest.mark.django_db

ROLE = "public-half"
VERBS = ("SELECT", "INSERT", "UPDATE")


@pytest.fixture
def role():
    """The role with its rights, in the transaction of the test."""
    with connection.cursor() as cursor:
        cursor.execute(f'CREATE ROLE "{ROLE}"')
    call_command("database_roles", public=ROLE, stdout=io.StringIO())
    return ROLE


@contextlib.contextmanager
def as_role():
    """What a process of the public half is: its role in the database, and no private key."""
    with override_settings(SITES={"public"}, SEALING_PRIVATE_KEYS=[]), connection.cursor() as cursor:
        cursor.execute(f'SET ROLE "{ROLE}"')
        yield
        cursor.execute("RESET ROLE")  # after an error the end of the transaction does that


class PublicHalf(Client):
    """A visitor of such a process."""

    def request(self, **environment):
        with as_role():
            return super().request(**environment)


@pytest.fixture
def visitor(role):
    reverse("admin:index")  # the URL configuration is read once, with both halves of the site
    return PublicHalf()


def ask_as_role(sql, parameters=()):
    with transaction.atomic(), as_role(), connection.cursor() as cursor:
        cursor.execute(sql, parameters)


def tables():
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
        return [name for (name,) in cursor.fetchall()]


# --- what works ------------------------------------------------------------------------------------------------------


def test_every_public_page_opens(visitor):
    edition = make_live(title="Sleep")
    review = make_review(status=Status.PUBLISHED)
    addresses = [
        *("/", "/articles/", "/articles/feed/", "/search/?q=sleep", "/reviews/", "/reviews/new/", "/reviews/how/"),
        *("/help/", "/help/own/", "/privacy/", "/accessibility/", "/robots.txt", "/sitemap.xml", "/healthz"),
        *("/sitemap-articles.xml", "/sitemap-pages.xml", edition.get_absolute_url(), f"/reviews/{review.pk}/"),
        *(edition.article.topic.get_absolute_url(), reverse("testimonials:report", args=[review.pk])),
    ]

    assert {address: visitor.get(address).status_code for address in addresses} == dict.fromkeys(addresses, 200)
    assert visitor.get("/readyz").json()["database"]


def test_an_article_opens_that_is_rendered_in_full_since_an_earlier_edition_was_withdrawn(visitor):
    first = make_live(title="Sleep")
    second = make_live(title="Sleep well", article=first.article, sources=1)
    Edition.objects.filter(pk=first.pk).update(state=State.WITHDRAWN, withdrawn_at=timezone.now())

    assert "Sleep well" in visitor.get(second.get_absolute_url()).content.decode()


def test_a_request_for_help_is_stored_and_its_author_writes_changes_and_erases(visitor):
    answer = visitor.post(HELP, {**form(visitor, HELP), **VALID[HELP]}, follow=True)
    call = CallForHelp.objects.get()
    code = re.search(r'class="ref code">([^<]+)<', answer.content.decode())[1]

    def send(path, **fields):
        hidden = form(visitor, path)
        assert visitor.post(path, {**hidden, **fields}).status_code == 302, path
        call.refresh_from_db()

    send("/help/own/", reference=call.reference, code=code)
    assert call.reference in visitor.get("/help/own/page/").content.decode()
    send("/help/own/write/", text="Please call me after six.")
    assert Message.objects.get().call == call
    send("/help/own/cancel/")
    assert call.status == "closed"
    send("/help/own/erase/", sure="yes")
    assert (call.erased_at is not None, bytes(call.sealed), call.contact_digests) == (True, b"", [])


def test_a_review_is_stored(visitor):
    answer = visitor.post(REVIEW, {**form(visitor, REVIEW), **VALID[REVIEW]})

    assert (answer.status_code, Testimonial.objects.get().status) == (302, Status.UNCONFIRMED)


def test_an_author_changes_and_withdraws_a_published_review(visitor):
    review = make_review(Status.PUBLISHED)
    url = f"/r/{Author.objects.get(review=review).payload['token']}/"

    changed = {**carried(visitor.get(f"{url}change/")), "words": "They were kind, and I would go there again."}
    assert visitor.post(f"{url}change/", {**changed, "allow": "words"}).status_code == 302
    assert visitor.post(f"{url}withdraw/", carried(visitor.get(f"{url}withdraw/"))).status_code == 302

    review.refresh_from_db()
    assert (review.status, review.shown_words, review.erased_at is not None) == (Status.WITHDRAWN, "", True)


def test_the_spool_is_imported(visitor, tmp_path, settings):
    from intake.reception import receive, spool, spool_import
    from intake.reception.identifiers import Identity

    settings.VAR = tmp_path
    call = receive.seal_request({"phone": "(212) 555-0187"}, Identity.of("k" * 20))
    spool.put(call, "")

    with as_role():
        spool_import.drain()

    assert CallForHelp.objects.get().pk == call.pk
    assert spool.pending_files() == []


# --- what is refused -------------------------------------------------------------------------------------------------


def test_every_column_that_is_not_in_the_list_is_refused(role):
    listed = {("django_migrations", column, "SELECT") for column in ("id", "app", "name", "applied")}
    for label, rights in PUBLIC.items():
        model = apps.get_model(label)
        for verb in VERBS:
            columns = database_roles.rights_to(model, rights, verb.lower())
            listed |= {(model._meta.db_table, column, verb) for column in columns}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname, a.attname, verb FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid,"
            " unnest(%s) verb WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'v', 'm', 'p')"
            " AND a.attnum > 0 AND NOT a.attisdropped AND has_column_privilege(%s, c.oid, a.attnum, verb)",
            [list(VERBS), role],
        )
        granted = set(cursor.fetchall())

    assert granted == listed


def test_rows_are_deleted_only_where_the_list_says_so_and_no_table_is_emptied(role):
    deletable = {apps.get_model(label)._meta.db_table for label, rights in PUBLIC.items() if rights.delete}

    for verb, wanted in (("DELETE", deletable), ("TRUNCATE", set()), ("REFERENCES", set()), ("TRIGGER", set())):
        with connection.cursor() as cursor:
            cursor.execute("SELECT t FROM unnest(%s) t WHERE has_table_privilege(%s, t, %s)", [tables(), role, verb])
            assert {name for (name,) in cursor.fetchall()} == wanted


def test_the_server_itself_refuses_the_rest(role):
    open_tables = {apps.get_model(label)._meta.db_table for label in PUBLIC} | {"django_migrations"}
    closed = sorted(set(tables()) - open_tables)
    assert {"django_session", "mfa_authenticator", "intake_webhook", "intake_accesslogentry"} <= set(closed)

    statements = [f"SELECT 1 FROM {table}" for table in closed]
    statements += [f"INSERT INTO {table} DEFAULT VALUES" for table in closed]
    statements += [
        *(
            "SELECT password FROM detoxsite_user",
            "SELECT email FROM detoxsite_user",
            "SELECT sealed FROM intake_callforhelp",
        ),
        *("SELECT sealed FROM intake_contactattempt", "SELECT sealed FROM intake_contactplan"),
        *("UPDATE articles_edition SET title = ''", "UPDATE detoxsite_user SET is_superuser = true"),
        *("DELETE FROM intake_callforhelp", "DELETE FROM testimonials_testimonial", "DELETE FROM intake_consent"),
        *("CREATE TABLE mine (id int)", "ALTER TABLE intake_callforhelp DISABLE TRIGGER ALL"),
        *("DROP TABLE intake_callforhelp", "TRUNCATE detoxsite_ratecount"),
    ]
    for statement in statements:
        with pytest.raises(ProgrammingError) as refused:
            ask_as_role(statement)
        assert isinstance(refused.value.__cause__, psycopg2.errors.InsufficientPrivilege), statement


def test_a_right_that_was_given_by_hand_is_taken_again(role):
    with connection.cursor() as cursor:
        cursor.execute(f'GRANT SELECT ON django_session TO "{ROLE}"')
    ask_as_role("SELECT 1 FROM django_session")

    call_command("database_roles", public=ROLE, stdout=io.StringIO())

    with pytest.raises(ProgrammingError):
        ask_as_role("SELECT 1 FROM django_session")


# --- who migrates ----------------------------------------------------------------------------------------------------


def test_the_public_half_does_not_migrate_and_waits_for_the_other(role):
    assert database_roles.may_migrate()
    with as_role():
        assert not database_roles.may_migrate()
        database_roles.require_migrated()

    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'intake'")
    with as_role(), pytest.raises(OperationalError, match="has not migrated"):
        database_roles.require_migrated()


def test_it_waits_too_while_it_may_not_even_read_how_far_the_other_got(role):
    with connection.cursor() as cursor:
        cursor.execute(f'REVOKE SELECT ON django_migrations FROM "{ROLE}"')

    with pytest.raises(OperationalError, match="has not migrated"), transaction.atomic(), as_role():
        database_roles.require_migrated()


def test_the_command_says_what_to_do_where_there_is_no_such_role():
    with pytest.raises(CommandError, match="createuser no-such-role"):
        call_command("database_roles", public="no-such-role")
    with pytest.raises(CommandError, match="PUBLIC_DATABASE_ROLE"):
        call_command("database_roles")


def test_the_statements_can_be_read_first():
    said = io.StringIO()

    call_command("database_roles", public=ROLE, sql=True, stdout=said)

    assert f'GRANT USAGE ON SCHEMA public TO "{ROLE}";\n' in said.getvalue()
