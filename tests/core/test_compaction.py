"""The command for maintenance windows that rewrites tables after erasures."""

import pytest
from django.core.management import CommandError, call_command
from django.db import connections
from django.utils import timezone

from detoxsite.core import compaction
from detoxsite.core.models import User

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def erased(monkeypatch):
    """One group of tables; the moments at which something in it was erased."""
    moments = []
    group = compaction.TableGroup("users", lambda: [User], lambda since: any(at > since for at in moments))
    monkeypatch.setattr(compaction, "_groups", [group])
    return moments


def run(capsys, *options):
    call_command("compact_tables", *options)
    return capsys.readouterr().out.strip()


def test_only_tables_in_which_something_was_erased_since_are_rewritten(erased, capsys):
    assert run(capsys) == "No compaction is due."
    erased.append(timezone.now())
    assert run(capsys, "--check") == "Due: users"
    assert run(capsys) == "Compacted: users"
    assert run(capsys) == "No compaction is due."
    assert run(capsys, "--all") == "Compacted: users"


def test_readyz_notes_a_compaction_that_is_due_and_is_not_red_for_it(erased, client):
    def note():
        compaction.note_what_is_due()
        answer = client.get("/readyz").json()
        assert answer["jobs"]
        return answer["job_runs"]["compaction of users"]["note"]

    assert note() == ""
    erased.append(timezone.now())
    assert note() == compaction.DUE
    call_command("compact_tables")
    assert client.get("/readyz").json()["job_runs"]["compaction of users"]["note"] == ""
    assert note() == ""


def test_a_table_in_use_is_named_and_stays_due(erased, capsys, monkeypatch):
    monkeypatch.setattr(compaction, "LOCK_TIMEOUT", "100ms")
    erased.append(timezone.now())
    other = connections.create_connection("default")
    other.set_autocommit(False)
    with other.cursor() as cursor:
        cursor.execute(f"SELECT 1 FROM {User._meta.db_table}")

    with pytest.raises(CommandError, match="not compacted: users"):
        call_command("compact_tables")

    assert [group.is_due() for group in compaction.groups()] == [True]
    other.close()
    assert run(capsys) == "Compacted: users"
