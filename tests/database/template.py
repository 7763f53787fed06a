"""One worker migrates a template; every worker copies it, and so does the site in its own processes.

A test with real transactions leaves rows behind. Emptying a hundred tables and making the initial rows again takes
half a second; ``initial.restore()`` takes milliseconds from a copy of them, and the rows keep their keys.
"""

import contextlib
import os
import subprocess
from pathlib import Path

from django.conf import settings
from django.db import connection, connections

from detoxsite.ops.embedded_postgres import binaries

from .server import QuickPostgres

MIGRATING = 60_601  # advisory lock of the worker that migrates for all
DROP = 'DROP DATABASE IF EXISTS "{}" WITH (FORCE)'

KEEP = """
CREATE SCHEMA initial;
DO $do$
DECLARE
  name text;
  own text;  -- columns that are not computed from others
  filled boolean;
  body text := '';
BEGIN
  FOR name IN SELECT quote_ident(tablename) FROM pg_tables WHERE schemaname = 'public' ORDER BY 1 LOOP
    EXECUTE format('SELECT EXISTS (SELECT FROM public.%s)', name) INTO filled;
    IF NOT filled THEN
      body := body || format('DELETE FROM public.%s;', name);
      CONTINUE;
    END IF;
    SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) INTO own FROM pg_attribute
      WHERE attrelid = ('public.' || name)::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = '';
    EXECUTE format('CREATE TABLE initial.%1$s AS TABLE public.%1$s', name);
    body := body || format($$
      DELETE FROM public.%1$s here WHERE NOT EXISTS (SELECT FROM initial.%1$s kept WHERE kept::text = here::text);
      INSERT INTO public.%1$s (%2$s) SELECT %2$s FROM initial.%1$s kept
        WHERE NOT EXISTS (SELECT FROM public.%1$s here WHERE here::text = kept::text);
    $$, name, own);
  END LOOP;
  EXECUTE format(
    'CREATE FUNCTION initial.restore() RETURNS void LANGUAGE plpgsql SET session_replication_role = replica AS %L',
    'BEGIN ' || body || ' END'
  );
END
$do$
"""


@contextlib.contextmanager
def maintenance():
    """A cursor outside the test database, as creating and dropping databases requires."""
    beside = connections.create_connection("default")
    beside.settings_dict = {**beside.settings_dict, "NAME": "postgres"}
    with contextlib.closing(beside), beside.cursor() as cursor:
        yield cursor


def create(run: str, worker: str) -> None:
    """Point the connection at a copy of the run's template, which the first worker migrates."""
    template, name = f"test_{run}", f"test_{run}_{worker}"
    with maintenance() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [MIGRATING])
        cursor.execute("SELECT FROM pg_database WHERE datname = %s", [template])
        if not cursor.rowcount:
            _migrate(template)
        cursor.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        cursor.execute("SELECT pg_advisory_unlock(%s)", [MIGRATING])
    connection.close()
    settings.DATABASES["default"]["NAME"] = connection.settings_dict["NAME"] = name


def _migrate(template: str) -> None:
    connection.settings_dict["TEST"]["NAME"] = template
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    with connection.cursor() as cursor:
        cursor.execute(KEEP)
    connection.close()  # a database in use cannot be copied


def copy_to(run: str, folder: Path) -> None:
    """Make an embedded database in ``folder`` with the tables and rows of the run's template, and stop its server.

    Does nothing where the tests use another server, whose version may be another.
    """
    if os.environ.get("DATABASE_URL"):
        return
    given = connection.get_connection_params()
    source = f"test_{run}_{folder.parent.name}"  # a copy: nobody could copy the template while it is read
    what = ["--exclude-schema=initial", "--exclude-table-data=detoxsite_keycheck"]  # its keys are its own
    dump = [binaries() / "pg_dump", *what, "--host", given["host"], "--username", given["user"], source]
    server = QuickPostgres(folder)
    server.start()
    try:
        with maintenance() as cursor:
            cursor.execute(DROP.format(source))  # left by one that failed
            cursor.execute(f'CREATE DATABASE "{source}" TEMPLATE "test_{run}"')
            password = {"PGPASSWORD": given["password"]}
            sql = subprocess.run(dump, env=os.environ | password, stdout=subprocess.PIPE, check=True).stdout
            cursor.execute(DROP.format(source))
        psql = [binaries() / "psql", "--no-psqlrc", "--quiet", "--output=/dev/null", "--set=ON_ERROR_STOP=1"]
        subprocess.run([*psql, server.url], input=sql, check=True)
    finally:
        server.stop()


def drop(run: str, worker: str) -> None:
    """Drop this worker's database, and with the last one the template: tests copy it while they run."""
    connections.close_all()
    with maintenance() as cursor:
        cursor.execute(DROP.format(f"test_{run}_{worker}"))
        cursor.execute("SELECT FROM pg_database WHERE datname LIKE %s", [f"test_{run}_%"])
        if not cursor.rowcount:
            cursor.execute(DROP.format(f"test_{run}"))
