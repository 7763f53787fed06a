"""The upgrade of a database that is in use: what may run, what waits for a lock, which versions fit."""

import contextlib

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, connections, migrations
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

from detoxsite.core import migration_history
from detoxsite.core.project_version import project_version, sort_key
from detoxsite.ops import compatibility, migrating
from detoxsite.ops.backup import last_backup
from detoxsite.ops.compatibility import Reviewed
from tests import later_migration

TABLE = "detoxsite_jobrun"
LATER = later_migration.KEY


@pytest.fixture
def database(transactional_db, settings, tmp_path):
    """The test's database, put back as it was; a backup was made just now."""
    settings.VAR = tmp_path
    last_backup.save(timezone.now(), 1)
    yield
    MigrationRecorder(connection).record_unapplied(*LATER)
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {TABLE} DROP COLUMN IF EXISTS extra")
        cursor.execute("DROP INDEX IF EXISTS later")
        cursor.execute(f"COMMENT ON TABLE {migration_history.TABLE} IS NULL")


@pytest.fixture
def comes(monkeypatch):
    """A function that adds a migration with this SQL to the ones of this version."""
    return lambda sql, **options: later_migration.add(monkeypatch, migrations.RunSQL(sql), **options)


ADD = f"ALTER TABLE {TABLE} ADD COLUMN extra text"


def is_applied():
    return LATER in MigrationRecorder(connection).applied_migrations()


def columns():
    with connection.cursor() as cursor:
        return [column.name for column in connection.introspection.get_table_description(cursor, TABLE)]


@contextlib.contextmanager
def held(sql=f"SELECT count(*) FROM {TABLE}"):
    """Another program uses the table, in a transaction that does not end. Yields what ends it."""
    other = connections.create_connection("default")
    with contextlib.closing(other), other.cursor() as cursor:
        cursor.execute("SET application_name = 'a report'")
        other.set_autocommit(False)
        cursor.execute(sql)
        yield other.rollback


def test_what_comes_is_said_and_applied_and_how_to_go_back(database, comes, capsys):
    comes(ADD)
    call_command("upgrade", check=True)
    assert "to be applied: detoxsite.9999_later" in capsys.readouterr().out
    assert not is_applied()

    call_command("upgrade")

    said = capsys.readouterr().out
    assert "Code of version 0.9.0 and newer runs on it" in said
    assert "To go back, install the former version and reload" in said
    assert is_applied()
    assert migration_history.read_note(connection) == (project_version(), "0.9.0")
    call_command("upgrade")
    assert "Nothing is to be migrated." in capsys.readouterr().out


def test_a_migration_that_does_not_get_its_lock_gives_up_and_says_who_holds_it(database, comes, monkeypatch):
    comes(ADD)
    monkeypatch.setattr(migrating, "PAUSE", 0.0)

    with held(), pytest.raises(CommandError) as caught:
        call_command("upgrade", tries=2)

    assert "(a report, role " in str(caught.value)
    assert "idle in transaction, for 00:" in str(caught.value)
    assert "count" not in str(caught.value)  # a statement may hold what a person wrote
    assert "The site goes on as it was." in str(caught.value)
    assert (is_applied(), "extra" in columns()) == (False, False)
    with connection.cursor() as cursor:
        cursor.execute("SHOW lock_timeout")
        assert cursor.fetchone() == ("0",)


def test_it_is_tried_again_and_those_who_waited_pass_meanwhile(database, comes, monkeypatch, capsys):
    comes(ADD)
    passed = []

    def pass_meanwhile(seconds):
        with held():  # behind a statement that waits for its lock, this one would wait as well
            passed.append(seconds)
        release()

    monkeypatch.setattr(migrating.time, "sleep", pass_meanwhile)
    with held() as release:
        call_command("upgrade")

    assert passed == [migrating.PAUSE]
    assert "Trying again in 3 seconds" in capsys.readouterr().out
    assert "extra" in columns()


def test_an_index_that_a_try_left_unfinished_is_built_by_the_next_one(database, comes, monkeypatch):
    comes(f"CREATE INDEX CONCURRENTLY later ON {TABLE} (name)", is_atomic=False)
    states = []

    def release_then(seconds):
        states.append(is_index_valid())
        release()

    monkeypatch.setattr(migrating.time, "sleep", release_then)
    with held(f"DELETE FROM {TABLE}") as release:
        call_command("upgrade")

    assert [*states, is_index_valid()] == [False, True]
    assert is_applied()


def is_index_valid():
    with connection.cursor() as cursor:
        cursor.execute("SELECT indisvalid FROM pg_index WHERE indexrelid = 'later'::regclass")
        return cursor.fetchone()[0]


def test_the_public_half_keeps_its_rights_while_it_runs_the_former_version(database, settings):
    settings.PUBLIC_DATABASE_ROLE = role = "former-public-half"
    has_right = f"SELECT has_table_privilege('{role}', 'auth_group', 'SELECT')"
    with connection.cursor() as cursor:
        cursor.execute(f'CREATE ROLE "{role}"')
        cursor.execute(f'GRANT SELECT ON auth_group TO "{role}"')
        try:
            call_command("upgrade")
            cursor.execute(has_right)
            assert cursor.fetchone() == (True,)
            migrating.migrate()  # as the staff half does, which is reloaded last
            cursor.execute(has_right)
            assert cursor.fetchone() == (False,)
        finally:
            cursor.execute(f'DROP OWNED BY "{role}"; DROP ROLE "{role}"')


# --- what may not run while the site does ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"BEFORE_THE_RULE": {"detoxsite": "9999_later"}}, "detoxsite.9999_later is older than 0.9.0"),
        (
            {"REVIEWED": {"detoxsite.9999_later": Reviewed("it rewrites the table.", needs_stop=True)}},
            "is not safe while the site runs: it rewrites the table.",
        ),
        (
            {"REVIEWED": {"detoxsite.9999_later": Reviewed("unused", oldest_code="0.12.0")}},
            "takes away what version 0.10.3 still uses. Install version 0.12.0 first",
        ),
    ],
)
def test_what_is_not_safe_takes_a_site_that_is_stopped(database, comes, monkeypatch, change, sentence):
    comes(ADD)
    migration_history.write_note(connection, "0.9.0")
    monkeypatch.setattr(migration_history, "project_version", lambda: "0.10.3")
    migration_history.write_note(connection, "0.9.0")
    for name, value in change.items():
        monkeypatch.setattr(compatibility, name, value)

    for is_checked in (True, False):
        with pytest.raises(CommandError, match=sentence):
            call_command("upgrade", check=is_checked)
    assert not is_applied()

    monkeypatch.setattr(migration_history, "project_version", lambda: "0.12.0")
    call_command("upgrade", stopped=True)
    assert is_applied()


@pytest.mark.parametrize("hours", [None, 2])
def test_without_a_backup_of_the_last_hour_nothing_is_migrated(database, comes, settings, hours, tmp_path):
    comes(ADD)
    settings.VAR = tmp_path / "other"
    settings.VAR.mkdir()
    if hours:
        last_backup.save(timezone.now() - timezone.timedelta(hours=hours), 1)

    with pytest.raises(CommandError, match="no backup of the last hour"):
        call_command("upgrade")
    assert not is_applied()
    call_command("upgrade", without_backup=True)
    assert is_applied()


# --- which versions run on which schema ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("oldest_code", "refused"),
    [("0.9.0", ""), ("99.0.0", "migrated by version .* takes version 99.0.0 or newer"), (None, "cannot be migrated")],
)
def test_a_database_of_a_newer_version_is_taken_if_that_said_so(database, oldest_code, refused, capsys):
    """As when someone goes back: the schema stays, the former version starts on it, and the note stays too."""
    if oldest_code:
        migration_history.write_note(connection, oldest_code)
    MigrationRecorder(connection).record_applied(*LATER)
    before = migration_history.read_note(connection)
    expected = pytest.raises(CommandError, match=refused) if refused else contextlib.nullcontext()

    with expected:
        call_command("migrate", verbosity=0, skip_checks=False)
    with expected:
        call_command("upgrade")

    assert migration_history.read_note(connection) == before
    if not refused:
        assert "runs with: detoxsite.9999_later." in capsys.readouterr().out


def test_the_rule_covers_every_app_and_its_exceptions_exist():
    loader = MigrationLoader(None)
    known = {f"{label}.{name}" for label, name in loader.disk_migrations}

    assert {f"{label}.{name}" for label, name in compatibility.BEFORE_THE_RULE.items()} <= known
    assert compatibility.REVIEWED.keys() <= known
    assert {label for label, _ in loader.graph.leaf_nodes()} == compatibility.BEFORE_THE_RULE.keys()


def test_versions_are_compared_as_numbers():
    assert sort_key("0.10.0") > sort_key("0.9.0")
