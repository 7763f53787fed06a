"""script/install, and each file that it lays out."""

import configparser
import json
import logging.config
import os
import re
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from tests.site_process import ROOT

from .conftest import HOSTS, install, settings_of

DEPLOY = ROOT / "deploy"
INTERNAL = {"DETOX_DIRECT", "DETOX_MANAGER_TOKEN", "PYTHONDONTWRITEBYTECODE"}  # no choice of an operator


def files(root: Path) -> dict[str, bytes]:
    return {str(path.relative_to(root)): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def test_it_says_what_it_did_and_the_second_time_does_nothing(tmp_path):
    said = install(tmp_path)
    before = files(tmp_path)
    for path in ("etc/systemd/system/detoxsite-public.service", "etc/nginx/sites-available/detoxsite"):
        assert f"file: /{path}" in said
        assert path in before
    assert not [path for path, content in before.items() if re.search(rb"@[A-Z_]+@", content)]

    again = install(tmp_path, "--public", HOSTS["public"])

    assert files(tmp_path) == before
    assert not re.search("file:|folder:|settings:|EDITED", again)


def test_an_edited_file_is_kept_and_said_and_settings_are_never_changed(tmp_path):
    install(tmp_path)
    unit, common = tmp_path / "etc/systemd/system/detoxsite-public.service", tmp_path / "etc/detoxsite/common.env"
    unit.write_text(unit.read_text() + "# ours\n")
    common.write_text(common.read_text().replace("WEB_PROCESSES=2", "WEB_PROCESSES=7").replace("TIME_ZONE", "#OTHER"))
    changed = common.read_text()

    said = install(tmp_path)

    (kept,) = unit.parent.glob("detoxsite-public.service.before-*")
    assert kept.read_text().endswith("# ours\n")
    assert "# ours" not in unit.read_text()
    assert f"/{kept.relative_to(tmp_path)}" in said
    assert common.read_text() == changed
    assert "NEW SETTING: TIME_ZONE is not in /etc/detoxsite/common.env" in said


def test_a_file_of_an_older_version_is_replaced_without_a_copy(tmp_path):
    install(tmp_path)
    page = tmp_path / "etc/detoxsite/pages/413.html"
    known = tmp_path / "var/lib/detoxsite-install/_etc_detoxsite_pages_413.html"
    page.write_text("older")
    known.write_text(subprocess.run(["sha256sum", page], capture_output=True, text=True).stdout.split()[0])

    said = install(tmp_path)

    assert "file: /etc/detoxsite/pages/413.html" in said
    assert not list(page.parent.glob("*.before-*"))


@pytest.mark.parametrize(
    "names",
    [
        [],
        ["--public", "a.org"],
        ["--public", "a.org", "--staff", "a.org"],
        ["--public", "a.org; x", "--staff", "b.org"],
        ["--what"],
    ],
)
def test_it_refuses_what_it_cannot_lay_out(tmp_path, names):
    done = subprocess.run(["sh", ROOT / "script/install", "--root", tmp_path, *names], capture_output=True)

    assert done.returncode != 0
    assert files(tmp_path) == {}


# --- settings --------------------------------------------------------------------------------------------------------


def documented() -> set[str]:
    table = (ROOT / "docs/settings.md").read_text()
    return set(re.findall(r"^\| `([A-Z_0-9]+)`", table, re.MULTILINE))


def test_the_environment_template_has_every_documented_variable():
    text = "".join((DEPLOY / f"environment/{half}.env").read_text() for half in ("common", "public", "staff"))

    assert set(re.findall(r"^#?([A-Z][A-Z_0-9]*)=", text, re.MULTILINE)) - INTERNAL == documented()


READ = re.compile(r"""(?:\benv\.\w+|_required|os\.environ\.get)\(\s*"([A-Z][A-Z_0-9]+)\"""")


def test_every_variable_that_the_code_reads_is_documented():
    code = "".join(path.read_text() for path in (ROOT / "detoxsite").rglob("*.py"))

    read = {name.removesuffix("_FILE") for name in READ.findall(code)}
    assert len(read) > 20
    assert read - INTERNAL <= documented()


def test_each_half_holds_its_own_keys(laid_out):
    public, staff = settings_of(laid_out, "public"), settings_of(laid_out, "staff")

    assert public["SECRET_KEY"] != staff["SECRET_KEY"]
    assert len(staff["SEALING_PRIVATE_KEYS"]) > 100
    assert "SEALING_PRIVATE_KEYS" not in public
    assert staff["SEALING_PRIVATE_KEYS"] not in str(public.values())
    assert public["DETOX_VAR"] != staff["DETOX_VAR"]
    for name in ("common", "public", "staff"):
        assert stat.S_IMODE((laid_out / f"etc/detoxsite/{name}.env").stat().st_mode) == 0o600


@pytest.mark.parametrize("half", ["public", "staff"])
def test_the_settings_pass_the_deployment_check(laid_out, half, tmp_path):
    environment = {"PATH": os.environ["PATH"], **settings_of(laid_out, half), "DETOX_VAR": str(tmp_path)}
    command = [laid_out_python(), "manage.py", "check", "--deploy", "--fail-level", "WARNING"]

    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)

    assert done.returncode == 0, done.stderr


def laid_out_python():
    return sys.executable


def test_a_command_gets_the_settings_of_its_half_as_systemd_reads_them(laid_out, tmp_path):
    """A regression: the shell read the files itself, and ran the second of two addresses as a command."""
    settings, python = tmp_path / "settings", tmp_path / ".venv/bin/python"
    settings.mkdir()
    (settings / "common.env").write_text('# words\n\nOPERATOR_ALERTS=a@b.test c@d.test\nTIME_ZONE="Etc/UTC"\n')
    (settings / "staff.env").write_text("EMAIL_URL=smtp://a:p$x&y`z@b.test\n")
    (settings / "public.env").write_text("EMAIL_URL=dummy://\n")
    python.parent.mkdir(parents=True)
    python.write_text('#!/bin/sh\necho "$OPERATOR_ALERTS|$TIME_ZONE|$EMAIL_URL|$*"\n')
    python.chmod(0o755)
    (tmp_path / "setpriv").write_text('#!/bin/sh\necho "$1"; shift 3; exec "$@"\n')
    (tmp_path / "setpriv").chmod(0o755)
    script = (laid_out / "usr/local/sbin/detoxsite-manage").read_text()
    script = script.replace("/etc/detoxsite", str(settings))

    def run(*arguments):
        path = {"PATH": f"{tmp_path}:{os.environ['PATH']}", "DETOXSITE_ROOT": str(tmp_path)}
        return subprocess.run(["sh", "-c", script, "sh", *arguments], env=path, text=True, capture_output=True).stdout

    shared = "a@b.test c@d.test|Etc/UTC"
    assert run("keys") == f"--reuid=detoxsite-staff\n{shared}|smtp://a:p$x&y`z@b.test|manage.py keys\n"
    assert (
        run("--public", "reconcile", "x y") == f"--reuid=detoxsite-public\n{shared}|dummy://|manage.py reconcile x y\n"
    )


# --- systemd ---------------------------------------------------------------------------------------------------------


def unit(root: Path, name: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for line in (root / f"etc/systemd/system/detoxsite-{name}.service").read_text().splitlines():
        if "=" in line and not line.startswith("#"):
            key, value = line.split("=", 1)
            found.setdefault(key, []).append(value)
    return found


@pytest.mark.parametrize("name", ["public", "staff", "worker", "backup", "backup-verify", "reconcile", "verify-log"])
def test_every_unit_is_hardened_and_runs_as_a_user_of_its_own(laid_out, name):
    found = unit(laid_out, name)

    half = "public" if name in {"public", "reconcile"} else "staff"
    assert found["User"] == [f"detoxsite-{half}"]
    assert found["ProtectSystem"] == ["strict"]
    assert found["NoNewPrivileges"] == ["yes"]
    assert found["CapabilityBoundingSet"] == [""]
    assert f"/etc/detoxsite/{half}.env" in found["EnvironmentFile"]
    assert found["StateDirectory"] == [f"detoxsite-{half}"]
    assert not [value for value in found["EnvironmentFile"] if half == "public" and "staff" in value]


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="no systemd-analyze: the units are not verified")
def test_systemd_accepts_the_units(laid_out):
    units = sorted((laid_out / "etc/systemd/system").glob("detoxsite*.*"))
    assert len(units) == 14

    done = subprocess.run(["systemd-analyze", "verify", "--man=no", *units], capture_output=True, text=True)

    said = "\n".join(line for line in done.stderr.splitlines() if "detoxsite" in line)
    assert (done.returncode, said) == (0, "")


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="no systemd-analyze: the units are not verified")
@pytest.mark.parametrize("name", ["public", "staff", "worker"])
def test_systemd_finds_little_exposure(laid_out, name):
    file = laid_out / f"etc/systemd/system/detoxsite-{name}.service"

    done = subprocess.run(
        ["systemd-analyze", "security", "--offline=true", "--threshold=30", file], capture_output=True, text=True
    )

    assert done.returncode == 0, done.stdout[-600:]


# --- fail2ban, logrotate ---------------------------------------------------------------------------------------------


def failregex() -> re.Pattern:
    """The filter's expression as fail2ban compiles it: <ADDR> is an address."""
    parser = configparser.RawConfigParser()
    parser.read(DEPLOY / "fail2ban/filter.conf")
    text = parser["Definition"]["failregex"].replace("<ADDR>", r"(?P<ip>[0-9a-fA-F:.]+)")
    return re.compile(text)


@pytest.fixture
def line_of(caplog):
    """A function that returns a log record as the site writes it."""
    form = settings.LOGGING["formatters"]["line"]
    formatter = logging.Formatter(form["format"], form.get("datefmt"))
    return lambda record: formatter.format(record)


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["203.0.113.7", "2001:db8::7"])
def test_a_failed_sign_in_is_found_by_fail2ban(line_of, caplog, address):
    client = Client(REMOTE_ADDR=address)

    client.post(reverse("account_login"), {"login": "secret@example.org", "password": "a wrong password"})

    (line,) = [line_of(record) for record in caplog.records if "Sign-in" in record.getMessage()]
    assert "secret" not in line
    for written in (line, f"server detoxsite-staff[123]: {line}"):
        assert failregex().search(written)["ip"] == address
        assert fail2ban_finds(written)


def test_nobody_can_get_another_address_banned(line_of):
    typed = "WARNING detoxsite.core.sign_in.adapter Sign-in failed from 203.0.113.9"
    record = logging.makeLogRecord(
        {"name": "django.request", "levelname": "WARNING", "msg": f"Not Found: /admin/{typed}"}
    )

    for written in (line_of(record), f"server detoxsite-staff[123]: {line_of(record)}"):
        assert not failregex().search(written)
        assert not shutil.which("fail2ban-regex") or not fail2ban_finds(written)


def test_fail2ban_starts_where_no_log_files_are_written():
    """A regression: Debian turns the jail sshd on, and without rsyslog fail2ban ended at once, ours with it."""
    jails = configparser.ConfigParser()
    jails.read(DEPLOY / "fail2ban/jail.conf")

    assert {name: jails[name]["backend"] for name in jails.sections()} == {"detoxsite": "systemd", "sshd": "systemd"}


def fail2ban_finds(line: str) -> bool:
    """What fail2ban itself says; True where it is not installed."""
    if not shutil.which("fail2ban-regex"):
        return True
    done = subprocess.run(["fail2ban-regex", line, DEPLOY / "fail2ban/filter.conf"], capture_output=True, text=True)
    return "1 matched" in done.stdout


@pytest.mark.skipif(not shutil.which("logrotate"), reason="no logrotate: its file is not tried")
def test_logrotate_accepts_its_file(laid_out):
    done = subprocess.run(["logrotate", "-d", laid_out / "etc/logrotate.d/detoxsite"], capture_output=True, text=True)

    assert "error" not in done.stderr.lower()


# --- containers ------------------------------------------------------------------------------------------------------


def test_the_compose_file_runs_each_half_read_only_with_its_own_settings():
    yaml = pytest.importorskip("yaml")
    services = yaml.safe_load((DEPLOY / "container/compose.yaml").read_text())["services"]

    for name in ("public", "staff"):
        assert services[name]["read_only"] is True
        assert services[name]["cap_drop"] == ["ALL"]
        assert "no-new-privileges:true" in services[name]["security_opt"]
        assert f"{name}.env" in json.dumps(services[name]["env_file"])
    assert "staff.env" not in json.dumps(services["public"])


def test_the_compose_file_of_two_machines_shares_all_that_machines_share():
    yaml = pytest.importorskip("yaml")
    shipped = yaml.safe_load((DEPLOY / "container/compose.yaml").read_text())["services"]
    services = yaml.safe_load((ROOT / "tests/containers/machines.yaml").read_text())["services"]
    first, second = services["public"], services["public-two"]

    assert {"replica", "pooler", "redis", "storage"} <= services.keys()
    merged = shipped["public"]["environment"] | first["environment"]
    assert second["environment"] == merged
    assert {*second["secrets"]} == {*shipped["public"]["secrets"], *first["secrets"]}
    own = {"environment", "secrets", "ports", "volumes"}
    assert {**second, **dict.fromkeys(own)} == {**shipped["public"], **dict.fromkeys(own)}
    for service in services.values():
        for volume in service.get("volumes", ()):
            file = volume.partition(":")[0]
            assert "/" not in file or (DEPLOY / "container" / file).is_file()
