"""script/upgrade in a repository of two versions, with stand-ins for systemd and for what the versions do."""

import os
import subprocess

import pytest

from tests.site_process import ROOT

STAND_IN = '#!/bin/sh\n[ "$1" != is-active ] || exit 0\necho "$(basename "$0") $*" >> "$DONE"\n'
STAND_INS = {
    "systemctl": STAND_IN + 'case "$*" in "$FAILS") exit 1 ;; esac\n',
    "detoxsite-manage": STAND_IN + 'cat "$DETOXSITE_ROOT/version" >> "$DONE"\ncase "$*" in "$FAILS") exit 1 ;; esac\n',
    "journalctl": '#!/bin/sh\ncase "$*" in *"$FAILS"*) echo "The reload failed; …" ;; *) echo "Reloaded." ;; esac\n',
    "id": "#!/bin/sh\necho 0\n",
}
INSTALL = '#!/bin/sh\necho "install" >> "$DONE"\ncat "$(dirname "$0")/../version" >> "$DONE"\n'
NOTHING = "nothing fails"


@pytest.fixture
def server(tmp_path):
    """A folder with version 1, and where it was cloned from with version 2. ``upgrade(…)`` runs the script."""
    origin, here = tmp_path / "origin", tmp_path / "detoxsite"
    environment = {
        **{"PATH": f"{tmp_path}/bin:{os.environ['PATH']}", "DONE": str(tmp_path / "done"), "HOME": str(tmp_path)},
        **{f"GIT_{who}_{what}": "nobody" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")},
    }

    def git(folder, *arguments):
        done = subprocess.run(["git", *arguments], cwd=folder, env=environment, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    for name, text in STAND_INS.items():
        write(tmp_path / "bin" / name, text)
    origin.mkdir()
    git(origin, "init", "--quiet", "--initial-branch", "main")
    for name in ("upgrade", "_env.sh"):
        write(origin / "script" / name, (ROOT / "script" / name).read_text())
    write(origin / "script/install", INSTALL)
    write(origin / "detoxsite/ops/management/commands/upgrade.py", "")
    write(origin / "requirements.txt", "")
    for number in ("1", "2"):
        write(origin / "version", f"of version {number}\n")
        write(origin / "pyproject.toml", f'version = "0.{number}.0"\n')
        git(origin, "add", ".")
        git(origin, "commit", "--quiet", "--message", number)
        git(origin, "tag", f"v{number}")
    git(tmp_path, "clone", "--quiet", str(origin), str(here))
    git(here, "checkout", "--quiet", "v1")

    class Server:
        folder = here

        def upgrade(self, *arguments, fails=NOTHING):
            """Returns exit code, what was said, and what was done with which version."""
            (tmp_path / "done").write_text("")
            done = subprocess.run(
                [here / "script/upgrade", *arguments],
                env=environment | {"FAILS": fails},
                capture_output=True,
                text=True,
            )
            assert not (tmp_path / "detoxsite.next").exists()
            assert git(here, "worktree", "list").count("\n") == 0
            return done.returncode, done.stdout + done.stderr, (tmp_path / "done").read_text().splitlines()

        def version(self):
            return git(here, "describe", "--tags")

    return Server()


def write(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(0o755)


CHECK = ["detoxsite-manage upgrade --check", "of version 2"]
MIGRATE = ["systemctl start detoxsite-backup", "detoxsite-manage upgrade", "of version 2"]
SWITCH = [
    *("install", "of version 2", "systemctl reload detoxsite-public"),
    *("systemctl reload detoxsite-staff", "systemctl try-restart detoxsite-worker"),
]


def test_backup_then_migration_by_the_new_version_and_only_then_the_site(server):
    code, said, done = server.upgrade()

    assert (code, done) == (0, [*CHECK, *MIGRATE, *SWITCH])
    assert "From 0.1.0 (v1) to 0.2.0 (v2):" in said
    assert server.version() == "v2"
    assert server.upgrade()[0::2] == (0, [])  # there is nothing newer

    code, said, done = server.upgrade("v1")  # as the last line says
    assert (code, server.version(), done[0]) == (0, "v1", CHECK[0])


def test_a_check_changes_nothing(server):
    assert server.upgrade("v2", "--check")[0::2] == (0, CHECK)
    assert server.version() == "v1"


@pytest.mark.parametrize(
    ("fails", "before", "said"),
    [
        ("upgrade --check", CHECK, "Nothing was changed."),
        ("start detoxsite-backup", [*CHECK, *MIGRATE[:1]], "The backup failed"),
        ("upgrade", [*CHECK, *MIGRATE], "The site goes on as 0.1.0"),
    ],
)
def test_until_the_database_is_migrated_a_failure_leaves_the_site_as_it_was(server, fails, before, said):
    code, words, done = server.upgrade(fails=fails)

    assert (code, done, server.version()) == (1, before, "v1")
    assert said in words


def test_a_reload_that_fails_is_said_and_how_to_go_back(server):
    code, said, done = server.upgrade(fails="detoxsite-staff")

    assert (code, done) == (1, [*CHECK, *MIGRATE, *SWITCH[:-1]])
    assert "detoxsite-staff was not reloaded. The processes from before go on" in said
    assert "or go back: script/upgrade " in said

    code, said, done = server.upgrade()  # mended: it goes on with the same update
    assert (code, done[-5:]) == (0, SWITCH)
    assert "From 0.1.0 (v1) to 0.2.0 (v2):" in said
    assert server.upgrade()[0::2] == (0, [])


@pytest.mark.parametrize(
    ("arguments", "said"),
    [(["v3"], "There is no version v3 here."), (["--what"], "script/upgrade [VERSION]"), (["a", "b"], "VERSION")],
)
def test_it_refuses_what_it_does_not_know(server, arguments, said):
    code, words, done = server.upgrade(*arguments)

    assert code in (1, 2)
    assert said in words
    assert (done, server.version()) == ([], "v1")


def test_edited_files_are_not_overwritten(server):
    (server.folder / "version").write_text("edited")

    assert "were edited" in server.upgrade()[1]
    assert (server.folder / "version").read_text() == "edited"
