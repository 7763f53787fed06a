"""The process manager and the embedded database, as processes: killed, stopped, started again."""

import contextlib
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import psycopg2
import pytest

from detoxsite.ops.embedded_postgres import MAX_SOCKET_FOLDER, DatabaseInUse, Postgres
from tests.production import PRODUCTION, query
from tests.site_process import ROOT, TIMEOUT, Site, parent

pytestmark = pytest.mark.site


@pytest.fixture
def new_site(tmp_path, prepared_site):
    """A site that was never started, but for the compressing of the static files, which takes long."""
    shutil.copytree(prepared_site / "static", tmp_path / "static")
    site = Site(tmp_path)
    yield site
    site.close()


def test_the_site_outlives_its_processes_and_leaves_none_behind(site):
    site.start()
    assert site.get("/") == 200
    assert len(site.web_processes()) == 2

    # a process that exits is restarted; meanwhile the other one answers
    for pid in (*site.web_processes()[:1], *site.processes("manage.py worker")):
        os.kill(pid, signal.SIGKILL)
    assert site.get("/healthz") == 200
    site.until(lambda: len(site.web_processes()) == 2 and site.get("/readyz") == 200)

    # so is the one that they were forked from, which takes them along
    first = site.first_web_process()
    os.kill(first, signal.SIGKILL)
    site.until(lambda: first not in map(parent, site.web_processes()) and len(site.web_processes()) == 2)
    site.until(lambda: site.get("/readyz") == 200)

    # the database is restarted too, with its content
    os.kill(site.postgres(), signal.SIGKILL)
    site.until(lambda: "database exited" in site.output() and site.get("/readyz") == 200)
    assert site.get("/articles/") == 200

    # a second site on the same folder is refused, and manage.py uses the running database
    second = Site(site.var)
    refused = second.run("detoxsite.ops.process_manager", stderr=subprocess.PIPE, text=True)
    assert "its database is in use" in refused.communicate(timeout=TIMEOUT)[1]
    assert refused.returncode == 1
    assert site.run("detoxsite.ops.process_manager", "manage", "check", stdout=subprocess.DEVNULL).wait(TIMEOUT) == 0

    # on a signal to stop, everything stops
    site.process.send_signal(signal.SIGTERM)
    assert site.process.wait(TIMEOUT) == 0
    assert site.processes() == []

    # the manager itself is killed: none of its processes survives, and it starts again with the files left behind
    site.log.close()
    site.start()
    site.process.kill()
    site.process.wait()
    site.until(lambda: site.processes() == [])
    site.log.close()
    site.start()
    site.process.send_signal(signal.SIGINT)
    assert site.process.wait(TIMEOUT) == 0
    assert site.processes() == []


def most_connections(site, url):
    """The largest number of connections while a table is locked and more people ask than there are threads."""
    ours = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    counts, paths = [], [f"/search/?q=withdrawal+{number}" for number in range(48)]
    with contextlib.closing(psycopg2.connect(url)) as other, ThreadPoolExecutor(len(paths)) as visitors:
        other.cursor().execute("LOCK TABLE articles_edition, articles_rendering IN ACCESS EXCLUSIVE MODE")
        answers = [visitors.submit(site.ask, "GET", path) for path in paths]
        while not all(answer.done() for answer in answers):
            counts.append(query(url, ours)[0][0])
        other.rollback()
    assert {answer.result()[0] for answer in answers} == {503}
    return max(counts) - 1  # the one that locks


def test_production_starts_on_a_served_database_with_few_connections_and_follows_its_password(
    production_site, production_database, tmp_path
):
    site, url = production_site, production_database
    secret = tmp_path / "database_url"
    secret.write_text(url + "\n")
    site.environment |= {"DATABASE_URL_FILE": str(secret), "DATABASE_CONNECTIONS": "4", "TIME_ZONE": "Europe/Berlin"}
    del site.environment["DATABASE_URL"]
    site.start()

    # nothing of a trial: no embedded database, no sample, no password in the log; and no stranger's host name
    assert site.get("/") == 400
    assert site.postgres_files() == []
    assert query(url, "SELECT count(*) FROM detoxsite_user") == [(0,)]
    assert "Sign in" not in site.output()

    # however many wait for the database at once, a process has no more connections than it may (docs/settings.md)
    assert most_connections(site, url) <= 2 * (4 + 1) + 4

    # strangers learn no more from /readyz than its status
    site.until(lambda: site.ask("GET", "/readyz") == (200, '{"status": "ok"}'))

    # the password is changed, in its file too: the next connection has it
    secret.write_text(new := url.replace(":first@", ":second@"))
    role = new.split("//")[1].split(":")[0]
    query(url, f"ALTER ROLE {role} PASSWORD 'second'; COMMIT; SELECT 1")
    query(
        new,
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
        " AND datname = current_database()",
    )
    site.until(lambda: site.ask("GET", "/search/?q=again")[0] == 200)
    site.until(lambda: site.ask("GET", "/readyz")[0] == 200)

    # log lines name their zone
    assert re.search(r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d \+0[12]00 ERROR django.request", site.output(), re.MULTILINE)
    site.process.send_signal(signal.SIGTERM)
    assert site.process.wait(TIMEOUT) == 0
    assert site.processes() == []


def test_a_port_in_use_is_reported_clearly(new_site):
    with socket.create_server(("127.0.0.1", new_site.port)):
        process = new_site.run("detoxsite.ops.process_manager", stderr=subprocess.PIPE, text=True)

        assert f"Port {new_site.port} cannot be used" in process.communicate(timeout=TIMEOUT)[1]
    assert process.returncode == 1


@pytest.mark.parametrize("count", ["0", "two", "-1"])
def test_a_wrong_number_of_web_processes_is_reported_clearly(site, count):
    site.environment["WEB_PROCESSES"] = count
    process = site.run("detoxsite.ops.process_manager", stderr=subprocess.PIPE, text=True)

    assert "WEB_PROCESSES has to be a whole number" in process.communicate(timeout=TIMEOUT)[1]
    assert process.returncode == 1


# --- the embedded database alone -------------------------------------------------------------------------------------


def ask(server, query):
    connection = psycopg2.connect(server.url)
    try:
        with connection, connection.cursor() as cursor:
            cursor.execute(query)
            return cursor.fetchall() if cursor.description else None
    finally:
        connection.close()


@pytest.fixture
def server(tmp_path):
    server = Postgres(tmp_path / "pg")
    yield server
    server.stop()


def test_the_database_listens_on_a_private_socket_only_and_survives_a_kill(server):
    server.start()
    ask(server, "CREATE TABLE kept (n int); INSERT INTO kept VALUES (7)")
    assert ask(server, "SHOW listen_addresses") == [("",)]
    assert server.socket_folder.stat().st_mode & 0o077 == 0
    assert (server.folder / "password").stat().st_mode & 0o077 == 0

    killed = server.process
    killed.kill()  # without waiting: it stays a zombie with its pid files
    time.sleep(0.2)
    server.start()

    assert ask(server, "SELECT n FROM kept") == [(7,)]
    killed.wait()


def test_no_content_of_a_row_reaches_the_database_log(server):
    server.start()
    ask(server, "CREATE TABLE calls (name text UNIQUE); INSERT INTO calls VALUES ('canary-name')")
    with pytest.raises(psycopg2.IntegrityError):
        ask(server, "INSERT INTO calls VALUES ('canary-name')")

    assert "canary-name" not in (server.folder / "postgres.log").read_text()


def test_one_folder_has_one_server(server):
    server.start()

    with pytest.raises(DatabaseInUse):
        Postgres(server.folder).start()


def test_a_long_path_gets_a_short_socket(tmp_path):
    server = Postgres(tmp_path / ("deep/" * 30))

    assert len(str(server.socket_folder)) <= MAX_SOCKET_FOLDER
    assert Postgres(tmp_path / "other" / ("deep/" * 30)).socket_folder != server.socket_folder


# --- settings --------------------------------------------------------------------------------------------------------


def manage(environment, *arguments):
    kept = {name: os.environ[name] for name in ("PATH", "DETOX_VAR", "HOME") if name in os.environ}
    command = [sys.executable, str(ROOT / "manage.py"), *arguments]
    return subprocess.run(
        command, env={**kept, "PYTHONWARNINGS": "error", **environment}, capture_output=True, text=True
    )


def check(environment):
    return manage(environment, "check", "--deploy", "--fail-level", "INFO")


def test_production_with_all_it_needs_has_no_finding():
    done = check(PRODUCTION)

    assert done.returncode == 0, done.stderr
    assert "no issues" in done.stdout


@pytest.mark.parametrize(
    "name",
    ["SECRET_KEY", "ALLOWED_HOSTS", "EMAIL_URL", "SEALING_PUBLIC_KEY", "SEALING_PRIVATE_KEYS", "INDEX_KEY"],
)
def test_a_missing_secret_stops_the_start_by_name(name):
    done = check({key: value for key, value in PRODUCTION.items() if key != name})

    assert done.returncode != 0
    assert re.search(rf"{name} is missing", done.stderr)


@pytest.mark.parametrize(("contact", "said"), [("", "detoxsite.W001"), ("security@detox.example.org", "mailto:")])
def test_a_contact_that_is_missing_is_found_and_one_that_is_none_stops_the_start(contact, said):
    done = check({**PRODUCTION, "SECURITY_CONTACT": contact})

    assert done.returncode != 0
    assert said in done.stderr


@pytest.mark.parametrize(
    "off", [{"HSTS_SECONDS": "0"}, {"HSTS_INCLUDE_SUBDOMAINS": "0"}, {"HSTS_PRELOAD": "0"}, {"HSTS_SECONDS": "300"}]
)
def test_what_an_operator_turned_off_of_hsts_is_no_finding(off):
    done = check(PRODUCTION | off)

    assert done.returncode == 0, done.stderr


def test_the_list_of_browsers_needs_a_year_and_subdomains():
    done = check(PRODUCTION | {"HSTS_PRELOAD": "1", "HSTS_INCLUDE_SUBDOMAINS": "0"})

    assert "HSTS_PRELOAD=1 needs HSTS_INCLUDE_SUBDOMAINS=1" in done.stderr


def test_a_secret_can_come_from_a_file(tmp_path):
    (tmp_path / "key").write_text(PRODUCTION["SECRET_KEY"] + "\n")
    environment = {**PRODUCTION, "SECRET_KEY_FILE": str(tmp_path / "key")}
    environment.pop("SECRET_KEY")

    assert check(environment).returncode == 0


@pytest.mark.parametrize(("sites", "mounted"), [("public", "False False"), ("public,staff", "True True")])
def test_a_process_for_the_public_alone_mounts_no_admin_and_holds_no_private_key(sites, mounted):
    code = (
        "from django.urls import get_resolver; from detoxsite.core.encryption import sealing;"
        "print('admin' in get_resolver().namespace_dict, sealing.holds_private_key())"
    )

    done = manage({**PRODUCTION, "DETOX_SITES": sites}, "shell", "--no-imports", "-c", code)

    assert done.stdout.strip() == mounted, done.stderr
    assert check({**PRODUCTION, "DETOX_SITES": sites}).returncode == 0


def test_a_process_for_the_public_alone_needs_no_private_key():
    without = {name: value for name, value in PRODUCTION.items() if name != "SEALING_PRIVATE_KEYS"}

    assert check({**without, "DETOX_SITES": "public"}).returncode == 0
    assert "SEALING_PRIVATE_KEYS is missing" in check(without).stderr
