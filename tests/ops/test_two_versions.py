"""The former version goes on while the database has the schema of this one: both store and read what people send."""

import json
import os
import re
import subprocess
import sys
import tarfile

import pytest

from detoxsite.core.project_version import project_version, sort_key
from tests.production import PRODUCTION, query
from tests.site_process import ROOT, TIMEOUT

pytestmark = pytest.mark.site

FORMER_VERSION = "b62f76ea"  # the last commit of 0.10.0; to be set to that of each release once it is out
LOCK = "tests/requirements.txt"
PERSON = """
import html, json, re, sys
import django
django.setup()
from django.test import Client
from intake.models import CallForHelp
HIDDEN, REFERENCE = r'type="hidden" name="(\\w+)" value="([^"]*)"', r'class="ref">(\\w{8})<'

def send(client, story):
    page = client.get("/help/").content.decode()
    fields = {name: html.unescape(value) for name, value in re.findall(HIDDEN, page)}
    answer = client.post("/help/", fields | {"phone": "(212) 555-0123", "story": story}, follow=True)
    return re.search(REFERENCE, answer.content.decode())[1]

for line in sys.stdin:
    client = Client()
    pages = [client.get(path).status_code for path in ("/", "/articles/", "/reviews/", "/search/?q=sleep")]
    reference = send(client, line.strip())
    stories = {call.reference: call.current_answers()["story"] for call in CallForHelp.objects.all()}
    print(json.dumps([pages, reference, stories]), flush=True)
"""


@pytest.fixture
def former_tree(tmp_path):
    """The files of the former version, from the history of the repository."""
    archive = tmp_path / "former.tar"
    command = ["git", "archive", "--output", archive, FORMER_VERSION]
    try:
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    except FileNotFoundError:
        pytest.skip("no git: the former version is not tried beside this one")
    if done.returncode:
        pytest.skip(f"the former version is not in the history here: {done.stderr.strip()}")
    with tarfile.open(archive) as tar:
        tar.extractall(tmp_path / "former", filter="data")
    return tmp_path / "former"


def pins(tree):
    """The lines of each pinned package, as ``{"django==5.2.9": "django==5.2.9 \\\n    --hash=…"}``."""
    text = (tree / LOCK).read_text()
    return {pin[1]: pin[0] for pin in re.finditer(r"^([\w.-]+==\S+)(?: \\\n +--hash=\S+)+", text, re.MULTILINE)}


@pytest.fixture
def former_packages(former_tree, tmp_path):
    """A folder with the packages that the former version has, and this environment has not; "" if there are none."""
    former, present = pins(former_tree), pins(ROOT)
    assert former
    assert present
    missing = [former[pin] for pin in former.keys() - present.keys()]
    if not missing:
        return ""
    folder, wanted = tmp_path / "packages", tmp_path / "wanted.txt"
    wanted.write_text("\n".join(missing))
    pip = [sys.executable, "-m", "pip", "install", "-qq", "--disable-pip-version-check", "--require-hashes"]
    done = subprocess.run([*pip, "--no-deps", "--target", folder, "-r", wanted], capture_output=True, text=True)
    if done.returncode:
        pytest.skip(f"the packages of the former version cannot be installed here: {done.stderr.strip()}")
    return folder


class Version:
    """The code in a folder, in a process of its own, with the same database and keys as the other one.

    What is in ``packages`` goes before the packages of this environment.
    """

    def __init__(self, tree, var, url, packages=""):
        self.tree, self.var = tree, var
        own = {"DETOX_VAR": str(var), "DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "tests.settings"}
        own["PYTHONPATH"] = str(packages)
        self.environment = {**os.environ, **PRODUCTION, **own, "ALLOWED_HOSTS": "testserver"}
        var.mkdir()

    def manage(self, *arguments):
        command = [sys.executable, "manage.py", *arguments]
        done = subprocess.run(
            command, cwd=self.tree, env=self.environment, capture_output=True, text=True, timeout=10 * TIMEOUT
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def send(self, story):
        """A person reads some pages and asks for help; returns the reference that they see, and all stored stories."""
        self.process.stdin.write(f"{story}\n")
        self.process.stdin.flush()
        pages, reference, stories = json.loads(self.process.stdout.readline())
        assert set(pages) == {200}
        assert stories.get(reference) == story, "it is not in the database"
        return reference, stories

    def __enter__(self):
        command, pipes = [sys.executable, "-c", PERSON], {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
        self.process = subprocess.Popen(command, cwd=self.tree, env=self.environment, text=True, **pipes)
        return self

    def __exit__(self, *exc):
        self.process.stdin.close()
        self.process.wait(TIMEOUT)
        self.process.stdout.close()


def test_a_request_sent_to_either_version_is_stored_and_read_by_both(
    former_tree, former_packages, tmp_path, empty_database
):
    former = Version(former_tree, tmp_path / "var-former", empty_database, former_packages)
    present = Version(ROOT, tmp_path / "var-present", empty_database)
    former.manage("migrate", "--verbosity", "0")
    with former:
        sent = [former.send("Before the upgrade.")[0]]
        present.manage("upgrade", "--without-backup")
        with present:
            sent.append(former.send("To the former version, on the new schema.")[0])
            sent.append(present.send("To the new version.")[0])
            _, seen_by_former = former.send("To the former version again.")
            _, seen_by_present = present.send("To the new version again.")

    assert seen_by_former.items() <= seen_by_present.items()
    assert set(sent) < seen_by_former.keys()
    assert query(empty_database, "SELECT count(*) FROM intake_callforhelp") == [(5,)]
    for version in (former, present):
        assert not list((version.var / "calls/spool").glob("*.json")), "a request went by way of the disk"


def test_the_former_version_is_not_this_one():
    former = subprocess.run(
        ["git", "show", f"{FORMER_VERSION}:pyproject.toml"], cwd=ROOT, capture_output=True, text=True
    ).stdout
    if not former:
        pytest.skip("the former version is not in the history here")
    [version] = [line.split('"')[1] for line in former.splitlines() if line.startswith("version = ")]

    assert sort_key(version) <= sort_key(project_version())
