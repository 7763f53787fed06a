"""PostgreSQL's own programs: the pg_dump and pg_restore that fit the server, and how they reach it."""

import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import BinaryIO

from django.conf import settings
from django.db import connection
from psycopg2.extensions import make_dsn

from ..embedded_postgres import binaries

_DEBIAN = Path("/usr/lib/postgresql")


class NoProgram(Exception):
    """No fitting program of PostgreSQL is installed; the message says what to install."""


def server_major() -> int:
    """The major version of the server, such as 15."""
    connection.ensure_connection()
    return connection.connection.server_version // 10000


def program(name: str, at_least: int = 0) -> str:
    """The path of ``name`` in the version of the server or a newer one, the nearest first. Raises NoProgram.

    ``at_least``: the major version it has to have in any case.

    An older pg_dump refuses a newer server, and an older pg_restore the dumps of a newer pg_dump.
    """
    wanted = max(server_major(), at_least)
    fitting = sorted((major, path) for path in _candidates(name) if (major := major_of(path)) >= wanted)
    if not fitting:
        raise NoProgram(
            f"No {name} for PostgreSQL {wanted} or newer was found. Install postgresql-client-{wanted}, or set "
            "POSTGRESQL_BIN to the folder that holds it."
        )
    return fitting[0][1]


def _candidates(name: str) -> set[str]:
    folders = [settings.POSTGRESQL_BIN] if settings.POSTGRESQL_BIN else [*_DEBIAN.glob("*/bin"), binaries()]
    found = {str(Path(folder) / name) for folder in folders if folder and (Path(folder) / name).exists()}
    on_path = None if settings.POSTGRESQL_BIN else shutil.which(name)
    return found | ({on_path} if on_path else set())


def major_of(path: str) -> int:
    done = subprocess.run([path, "--version"], capture_output=True, text=True, env=_clean_environment())
    found = re.search(r"\(PostgreSQL\) (\d+)", done.stdout)
    return int(found[1]) if found else 0


def dsn() -> str:
    """Where the database is, without the password: command lines can be read by every user."""
    connection.ensure_connection()
    given = connection.get_connection_params()
    kept = {name: str(value) for name, value in given.items() if name in _PARAMETERS and value}
    return make_dsn(**kept)


_PARAMETERS = (
    *("dbname", "user", "host", "port", "connect_timeout"),
    *("sslmode", "sslrootcert", "sslcert", "sslkey", "sslcrl", "target_session_attrs"),
)


def environment() -> dict[str, str]:
    password = connection.settings_dict["PASSWORD"]
    return _clean_environment() | ({"PGPASSWORD": password} if password else {})


def _clean_environment() -> dict[str, str]:
    """Without our secrets, and with English messages."""
    return {name: os.environ[name] for name in ("PATH", "HOME", "PGSSLROOTCERT") if name in os.environ} | {
        "LC_ALL": "C"
    }


def last_words(said: BinaryIO) -> str:
    """The end of what a program wrote to its error stream, in one line."""
    said.seek(0)
    return " ".join(said.read().decode(errors="replace").split())[-500:]
