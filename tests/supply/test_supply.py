"""The pinned packages: hashes, licenses, bill of materials, and what script/audit says."""

import json
import re
import shutil
import subprocess
from importlib.metadata import requires

import pytest
from packaging.requirements import Requirement

from . import bom, licenses

ROOT = licenses.ROOT
LOCKED = ["requirements.txt", "script/requirements.txt", "tests/requirements.txt", "script/supply-requirements.txt"]


@pytest.mark.parametrize("name", LOCKED)
def test_every_requirement_is_pinned_with_hashes_and_from_no_named_host(name):
    text = "".join(line for line in (ROOT / name).read_text().splitlines(keepends=True) if not line.startswith("#"))
    requirements = re.split(r"\n(?=\S)", text.strip())

    assert len(requirements) > 30
    for requirement in requirements:
        assert re.match(r"[\w.-]+==\S+ (?:; [^\n]+ )?\\\n(?: +--hash=sha256:[0-9a-f]{64}(?: \\\n|$))+$", requirement)


def test_every_license_is_one_we_accept():
    found = {package: licenses.license_of(package) for package in licenses.pins()}
    found |= {path: license for path, (_, license) in licenses.FILES.items()}

    assert {package: license for package, license in found.items() if not licenses.is_allowed(license)} == {}


def test_the_list_of_licenses_is_that_of_the_pinned_packages():
    assert licenses.DOCUMENT.read_text() == licenses.document(), "out of date: run script/sbom"
    assert {package for package, _ in licenses.REVIEWED} <= set(licenses.pins())


@pytest.mark.parametrize(
    ("expression", "allowed"),
    [
        ("MIT", True),
        ("MIT AND LGPL-3.0-or-later", True),
        ("GPL-3.0-only OR Apache-2.0", True),
        ("GPL-3.0-only", False),
        ("MIT AND AGPL-3.0-only", False),
    ],
)
def test_what_is_allowed(expression, allowed):
    assert licenses.is_allowed(expression) is allowed


def test_a_statement_that_changed_is_read_again(monkeypatch):
    monkeypatch.setattr(licenses, "_stated", lambda package: "LGPL with other exceptions")

    with pytest.raises(licenses.UnknownLicense, match="psycopg2"):
        licenses.license_of("psycopg2-binary")


# --- the bill of materials --------------------------------------------------------------------------------------------


@pytest.fixture
def bill(tmp_path):
    """A bill as cyclonedx-py writes it."""
    components = [
        {"name": name, "version": version, "externalReferences": [{"url": "https://elsewhere.example/"}]}
        for name, version in licenses.pins().items()
    ]
    path = tmp_path / "sbom.json"
    tools = {"components": [{"name": "cyclonedx-bom", "externalReferences": [{"url": "https://elsewhere.example/"}]}]}
    bill = {"bomFormat": "CycloneDX", "components": components, "metadata": {"tools": tools}}
    path.write_text(json.dumps(bill))
    return path


def test_the_bill_has_the_pinned_packages_with_their_licenses_and_no_links(bill):
    bom.finish(bill)

    components = {component["name"]: component for component in json.loads(bill.read_text())["components"]}
    assert components["pyrage"]["licenses"] == [{"expression": "MIT"}]
    assert "https:" not in bill.read_text()


def test_a_bill_of_other_packages_is_refused(bill):
    bill.write_text(bill.read_text().replace('"django-csp"', '"django-other"'))

    with pytest.raises(bom.WrongComponents, match="django-other"):
        bom.finish(bill)


# --- the audit --------------------------------------------------------------------------------------------------------

NONE_KNOWN = "echo 'No known vulnerabilities found' >&2"
FOUND = """
for argument; do [ "$previous" = --output ] && echo "django 5.2.0 CVE-0000-1" > "$argument"; previous=$argument; done
exit 1
"""
UNREACHABLE = "echo 'Traceback' >&2; echo 'connection refused' >&2; exit 1"


@pytest.mark.parametrize(
    ("tool", "installs", "code", "said"),
    [
        (NONE_KNOWN, True, 0, "No known vulnerabilities"),
        (FOUND, True, 1, "CVE-0000-1"),
        (UNREACHABLE, True, 2, "NOT CHECKED: The vulnerability service"),
        (NONE_KNOWN, False, 2, "NOT CHECKED: The pinned tools"),
    ],
    ids=["none known", "found", "unreachable", "not installed"],
)
def test_the_audit_says_what_it_found_and_when_it_could_not_look(tmp_path, tool, installs, code, said):
    (tmp_path / "script").mkdir()
    shutil.copy(ROOT / "script" / "audit", tmp_path / "script")
    environment = f"root={tmp_path}\nDETOX_VAR={tmp_path}\nenvironment() {{ {'true' if installs else 'false'}; }}\n"
    (tmp_path / "script" / "_env.sh").write_text(environment)
    fake = tmp_path / "supply" / "bin" / "pip-audit"
    fake.parent.mkdir(parents=True)
    fake.write_text(f"#!/bin/sh\nprevious=''\n{tool}\n")
    fake.chmod(0o755)

    done = subprocess.run([tmp_path / "script" / "audit"], capture_output=True, text=True)

    assert done.returncode == code, done.stderr
    assert said in done.stdout + done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("python", ["3.11.2", "3.13.5"])  # of Debian 12 and 13
def test_nothing_is_missing_among_the_pins_on_the_python_of_a_server(python):
    """A regression: script/lock runs on one Python, and script/install failed on another."""
    environment = {"python_version": python.rpartition(".")[0], "python_full_version": python, "extra": ""}
    wanted = {
        requirement.name
        for package in licenses.pins()
        for requirement in map(Requirement, requires(package) or [])
        if requirement.marker is None or requirement.marker.evaluate(environment)
    }

    assert {licenses.normalized(name) for name in wanted} <= licenses.pins().keys()
