"""Which of the installed programs of PostgreSQL is used, and what other users of the machine see of the call."""

import os

import pytest
from django.db import connection

from detoxsite.ops.backup import postgres_tools


@pytest.fixture
def installed(tmp_path, monkeypatch):
    """A function that puts a pg_dump of a version into the folders that are searched."""
    monkeypatch.setattr(postgres_tools, "_DEBIAN", tmp_path / "debian")
    monkeypatch.setattr(postgres_tools, "binaries", lambda: None)
    monkeypatch.setattr(postgres_tools, "server_major", lambda: 16)
    monkeypatch.setenv("PATH", str(tmp_path / "path") + os.pathsep + os.environ["PATH"])

    def install(version, folder):
        program = tmp_path / folder / "pg_dump"
        program.parent.mkdir(parents=True)
        program.write_text(f"#!/bin/sh\necho 'pg_dump (PostgreSQL) {version}'\n")
        program.chmod(0o755)
        return str(program)

    return install


def test_the_oldest_program_that_is_not_older_than_the_server_is_used(installed):
    installed("15.9", "debian/15/bin")
    wanted = installed("16.1 (Debian 16.1-1)", "debian/16/bin")
    installed("18.2", "path")

    assert postgres_tools.program("pg_dump") == wanted
    assert postgres_tools.program("pg_dump", at_least=17).endswith("path/pg_dump")


def test_older_programs_alone_are_refused_and_the_package_is_named(installed):
    installed("15.9", "debian/15/bin")
    installed("14.1", "path")

    with pytest.raises(postgres_tools.NoProgram, match="Install postgresql-client-16, or set POSTGRESQL_BIN"):
        postgres_tools.program("pg_dump")


def test_the_configured_folder_is_the_only_one(installed, settings, tmp_path):
    installed("16.1", "debian/16/bin")
    wanted = installed("17.1", "mine")
    settings.POSTGRESQL_BIN = str(tmp_path / "mine")

    assert postgres_tools.program("pg_dump") == wanted


@pytest.mark.django_db
def test_the_command_line_holds_no_password_and_the_environment_no_key(monkeypatch, settings):
    monkeypatch.setenv("SECRET_KEY", "a key")
    monkeypatch.setitem(connection.settings_dict, "PASSWORD", "canary-password")

    assert "canary-password" not in postgres_tools.dsn()
    assert postgres_tools.environment()["PGPASSWORD"] == "canary-password"
    assert "SECRET_KEY" not in postgres_tools.environment()
