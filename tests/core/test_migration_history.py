"""A database that an earlier version made is refused with a sentence, before anything in it changes."""

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("command", ["bootstrap", "migrate"])
def test_a_database_of_an_earlier_version_is_refused_with_what_to_do(command):
    MigrationRecorder(connection).record_applied("articles", "0003_editions_and_steps")

    with pytest.raises(CommandError) as caught:  # manage.py prints a CommandError without a traceback
        call_command(command, skip_checks=False)

    assert "made by a version of the software whose data cannot be migrated (articles.0003" in str(caught.value)
    assert "delete the folder var/" in str(caught.value)


def test_a_database_of_this_version_is_accepted():
    call_command("migrate", skip_checks=False, verbosity=0)
