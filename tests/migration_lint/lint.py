"""The SQL of each migration since 0.9.0, read by squawk, and what a person has allowed in ops/compatibility.py."""

import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

from django.db import connection, migrations
from django.db.migrations.loader import MigrationLoader

from detoxsite.ops import compatibility

SQUAWK = shutil.which("squawk", path=str(Path(sys.executable).parent)) or "squawk"
OLDEST_POSTGRESQL = "15.0"  # of Debian 12
NOT_OURS = (  # matters of taste, and what ops/migrating.py does for every migration
    *("prefer-bigint-over-int", "prefer-bigint-over-smallint", "prefer-identity", "prefer-text-field"),
    *("prefer-robust-stmts", "prefer-timestamptz", "require-lock-timeout", "require-statement-timeout"),
)
RUNS_PYTHON = "runs-python"  # a rule of ours: what it does, and to which rows, no linter can say


def problems(*only: tuple[str, str]) -> list[str]:
    """A line for each rule that a migration breaks and nobody has allowed; ``only``: look at these, not at all."""
    loader = MigrationLoader(connection)
    return [
        f"{label}.{name}: {rule}: {message}"
        for label, name in sorted(loader.disk_migrations)
        if compatibility.follows_the_rule(label, name) and (not only or (label, name) in only)
        for rule, message in found_in(loader, loader.graph.nodes[label, name])
        if not _is_allowed(f"{label}.{name}", rule)
    ]


def _is_allowed(name: str, rule: str) -> bool:
    reviewed = compatibility.REVIEWED.get(name)
    return bool(reviewed) and (reviewed.needs_stop or rule in reviewed.rules)


def found_in(loader: MigrationLoader, migration: migrations.Migration) -> list[tuple[str, str]]:
    """The rules that a migration breaks, each with what squawk says and does about it."""
    statements = loader.collect_sql([(migration, False)])
    found = squawk("\n".join(statements), is_atomic=migration.atomic)
    if _runs_python(migration.operations):
        found.append((RUNS_PYTHON, "A person has to say which rows it locks, and for how long."))
    return found


def _runs_python(operations: Iterable) -> bool:
    return any(isinstance(operation, migrations.RunPython) for operation in operations)


def squawk(sql: str, *, is_atomic: bool) -> list[tuple[str, str]]:
    with tempfile.NamedTemporaryFile("w", suffix=".sql") as file:
        file.write(f"{sql}\n")
        file.flush()
        command = [SQUAWK, "--reporter=json", f"--pg-version={OLDEST_POSTGRESQL}", f"--exclude={','.join(NOT_OURS)}"]
        command += ["--assume-in-transaction"] if is_atomic else []
        done = subprocess.run([*command, file.name], capture_output=True, text=True)
    if done.returncode not in (0, 1):
        raise RuntimeError(done.stderr)
    return [(one["rule_name"], f"{one['message']} {one['help'] or ''}".strip()) for one in json.loads(done.stdout)]
