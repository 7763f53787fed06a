"""The checks that script/test runs in the project's environment: each in turn, then pytest with its summary last.

``check --deploy`` in a production environment is a test of the suite (tests/ops/test_process_manager.py).
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from detoxsite.ops.process_manager import MANAGE
from tests.database import server

ROOT = Path(__file__).resolve().parent.parent
PYTHON = sys.executable
CHECKS = {
    "ruff check": [PYTHON, "-m", "ruff", "check", "."],
    "ruff format": [PYTHON, "-m", "ruff", "format", "--check", "."],
    "import contract": [str(Path(PYTHON).with_name("lint-imports")), "--no-cache"],
    "djlint": [PYTHON, "-m", "djlint", "templates", "--lint", "--quiet"],
}


def run(name: str, command: list[str]) -> bool:
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    print(f"{'ok  ' if done.returncode == 0 else 'FAIL'}  {name}", flush=True)
    if done.returncode:
        print(done.stdout + done.stderr, flush=True)
    return done.returncode == 0


def main(arguments: list[str]) -> int:
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # a hundred processes start: modules are compiled once
    os.environ["DETOX_VAR"] = folder = tempfile.mkdtemp(prefix="detoxsite-test.")  # never a site's own
    passed = [run(name, command) for name, command in CHECKS.items()]
    database = server.start()
    try:
        passed.append(run("migrations are complete", [*MANAGE, "makemigrations", "--check", "--dry-run"]))
        passed.append(run("migrations are safe while the site runs", [PYTHON, "-m", "tests.migration_lint"]))
        # one more than there are cores: a test that waits for a process or a page leaves its core to another
        workers = os.environ.get("PYTEST_WORKERS") or str(min((os.cpu_count() or 1) + 1, 4))
        suite = subprocess.run([PYTHON, "-m", "pytest", "-n", workers, "--dist", "worksteal", *arguments], cwd=ROOT)
    finally:
        if database:
            database.stop()
        shutil.rmtree(folder, ignore_errors=True)
    if not all(passed):
        print("Checks before the suite failed; see above.")
    return suite.returncode or (0 if all(passed) else 1)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
