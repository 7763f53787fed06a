"""The access log: everything that opens sealed data gets in, and nothing gets out unnoticed."""

import threading

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, OperationalError, connection, connections, transaction

from detoxsite.core.access_log import chain, recording
from detoxsite.core.models import SealedAccess
from intake import services
from intake.models import CallForHelp
from testimonials.models import Version
from tests.factories import make_call, make_review, make_user

pytestmark = pytest.mark.django_db
CALL = "intake.callforhelp"


@pytest.fixture(autouse=True)
def _own_folder(settings, tmp_path):
    settings.VAR = tmp_path


def entries():
    fields = SealedAccess.objects.order_by("number").values_list("by_name", "action", "model", "references")
    return [(name, action, model, *references) for name, action, model, references in fields]


def add(count=5):
    nurse = make_user("admissions", first_name="Nora")
    for _ in range(count):
        recording.add_entry(nurse, SealedAccess.Action.READ, make_call())


def as_owner(sql, *values):
    """Run SQL as someone who owns the database and has taken the triggers off."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE detoxsite_sealedaccess DISABLE TRIGGER USER")
        cursor.execute(sql, values)
        cursor.execute("ALTER TABLE detoxsite_sealedaccess ENABLE TRIGGER USER")


def verify(capsys, *args):
    call_command("verify_log", *args)
    return capsys.readouterr().out


# --- what gets in ----------------------------------------------------------------------------------------------------


def test_opening_a_request_is_logged_once_in_ten_minutes(as_role):
    client, call = as_role("admissions"), make_call(story="My hands shake.")
    for _ in range(2):
        client.get(f"/admin/intake/callforhelp/{call.pk}/change/")

    assert entries() == [(str(client.user), "read", CALL, call.reference)]
    entry = SealedAccess.objects.get()
    assert (entry.by_roles, entry.subjects) == ("admissions", [str(call.pk)])


def test_what_staff_write_about_a_request_is_logged_too(as_role):
    client, call = as_role("admissions"), make_call()
    services.claim(call.pk, by=client.user)

    client.post(
        f"/admin/intake/callforhelp/{call.pk}/act/contact/",
        {"contact-outcome": "no_answer", "contact-note": "Rang out.", "contact-way": "call"},
    )

    assert call.contact_attempts.count() == 1
    assert {entry[1] for entry in entries()} >= {"write"}
    assert {entry[2:] for entry in entries()} == {(CALL, call.reference)}


def test_a_list_is_one_entry_with_all_that_were_on_it(as_role):
    calls = [make_call(), make_call()]
    client = as_role("admissions")

    client.get("/admin/intake/callforhelp/")

    assert [entry[:3] for entry in entries()] == [(str(client.user), "list", CALL)]
    assert set(SealedAccess.objects.get().subjects) == {str(call.pk) for call in calls}


def test_moderators_are_logged_as_well(as_role):
    review, client = make_review(), as_role("moderator")

    client.get("/admin/testimonials/testimonial/")
    client.get(f"/admin/testimonials/testimonial/{review.pk}/change/")

    assert [entry[1:] for entry in entries()] == [(action, "testimonials.testimonial") for action in ("list", "read")]
    assert [entry.subjects for entry in SealedAccess.objects.all()] == [[str(review.pk)]] * 2


def test_whoever_opens_a_row_under_a_recorder_is_recorded_without_asking_for_it():
    """What a future page will do, too: the models report it."""
    call, review = make_call(name="Pat"), make_review()
    with recording.recording(make_user("manager", first_name="Ruth")) as recorder:
        CallForHelp.objects.get(pk=call.pk).payload  # noqa: B018 opens it
        Version.objects.get(review=review).payload  # noqa: B018
    recorder.write()

    assert entries() == [("Ruth", "read", CALL, call.reference), ("Ruth", "read", "testimonials.testimonial")]


def test_what_cannot_be_logged_is_not_shown(as_role, monkeypatch):
    client, call = as_role("admissions"), make_call(story="My hands shake.")

    def fail(*args):
        raise OperationalError

    monkeypatch.setattr(recording, "_create", fail)
    response = client.get(f"/admin/intake/callforhelp/{call.pk}/change/")

    assert response.status_code == 503
    assert "My hands shake." not in response.content.decode()


def test_the_log_holds_no_content(as_role):
    call = make_call(story="canary story", name="Canary Name", phone="(212) 555-0199")
    as_role("admissions").get(f"/admin/intake/callforhelp/{call.pk}/change/")

    with connection.cursor() as cursor:
        cursor.execute("SELECT string_agg(entry::text, '') FROM detoxsite_sealedaccess AS entry")
        text = cursor.fetchone()[0].lower()
    assert "canary" not in text
    assert "0199" not in text


# --- the chain -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE detoxsite_sealedaccess SET by_name = 'nobody'",
        "DELETE FROM detoxsite_sealedaccess",
        "TRUNCATE detoxsite_sealedaccess",
    ],
)
def test_the_database_changes_and_removes_no_entry(sql):
    add(1)

    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)


def test_a_whole_log_is_proved_to_be_whole(capsys):
    assert "empty" in verify(capsys)
    add()

    assert "The access log is whole: 5 entries." in verify(capsys)


@pytest.mark.parametrize(
    ("sql", "gap"),
    [
        ("DELETE FROM detoxsite_sealedaccess WHERE number = 1", 2),
        ("DELETE FROM detoxsite_sealedaccess WHERE number = 3", 4),
        *(
            (f"UPDATE detoxsite_sealedaccess SET {change} WHERE number = 3", 3)
            for change in (
                *("by_name = 'nobody'", "by_id = NULL", "by_roles = ''", "at = at - interval '1 second'"),
                *("action = 'list'", "model = 'x'", "subjects = '{}'", "\"references\" = '{}'", "reason = 'x'"),
                *("hash = ''", "number = 30"),
            )
        ),
        ("UPDATE detoxsite_sealedaccess SET number = 7 - number WHERE number IN (3, 4)", 3),
    ],
)
def test_a_removed_or_changed_entry_is_found(capsys, sql, gap):
    add()
    as_owner("ALTER TABLE detoxsite_sealedaccess DROP CONSTRAINT IF EXISTS detoxsite_sealedaccess_number_key")
    as_owner(sql)

    with pytest.raises(CommandError, match=f"entry {4 if 'number = 30' in sql else gap} was"):
        verify(capsys)


def test_the_end_that_was_cut_off_is_found_by_what_was_noted_before(capsys):
    add()
    head = chain.head()
    chain.note_head()
    chain.note_head()
    as_owner("DELETE FROM detoxsite_sealedaccess WHERE number > 3")

    with pytest.raises(CommandError, match="entry 5 was"):
        verify(capsys)
    chain._file().unlink()
    assert "3 entries" in verify(capsys)
    with pytest.raises(CommandError, match="entry 5 was"):
        verify(capsys, "--head", str(head.number), head.hash)
    with pytest.raises(CommandError, match="--head takes"):
        verify(capsys, "--head", "5", "abc")


def test_a_chain_that_was_written_anew_is_found_by_what_was_noted_before(capsys):
    add(3)
    chain.note_head()
    as_owner("DELETE FROM detoxsite_sealedaccess")
    add(3)

    with pytest.raises(CommandError, match="entry 3 was"):
        verify(capsys)


@pytest.mark.django_db(transaction=True)
def test_entries_written_at_the_same_time_form_one_chain():
    call, user = make_call(), make_user("admissions")

    def write():
        for _ in range(5):
            recording.add_entry(user, SealedAccess.Action.READ, call)
        connections.close_all()

    threads = [threading.Thread(target=write) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(SealedAccess.objects.values_list("number", flat=True)) == list(range(1, 21))
    assert chain.first_gap() is None
