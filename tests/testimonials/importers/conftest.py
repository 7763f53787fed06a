import csv
import io
import json

import pytest
from django.core.management import CommandError, call_command

COUNTS = ("Imported", "Already here", "Updated", "Duplicate", "Skipped")


@pytest.fixture
def run(tmp_path, capfd):
    """Import a source (JSON, text, bytes or a path); return counts, reasons, the report, exit code and text."""

    def run(given, format="google", **options):
        path = given
        if not hasattr(given, "exists"):
            path = tmp_path / ("reviews.json" if format == "google" else "reviews.csv")
            text = given if isinstance(given, str | bytes) else json.dumps(given)
            path.write_bytes(text if isinstance(text, bytes) else text.encode())
        report, out, code = tmp_path / "report.csv", io.StringIO(), 0
        try:
            call_command("import_reviews", path, format=format, report=report, stdout=out, **options)
        except CommandError as exc:
            code = 1
            out.write(str(exc))
        output = out.getvalue()
        counts = {
            line.split("  ")[0]: int(line.split()[-1].replace(",", ""))
            for line in output.splitlines()
            if line.startswith(COUNTS)
        }
        rows = list(csv.DictReader(io.StringIO(report.read_text()))) if report.exists() else []
        reasons = [row["reason"] for row in rows if row["outcome"] == "skipped"]
        return Ran({name: n for name, n in counts.items() if n}, reasons, rows, code, output)

    return run


class Ran(tuple):
    counts, reasons, rows, code, output = (property(lambda self, at=at: self[at]) for at in range(5))

    def __new__(cls, *parts):
        return super().__new__(cls, parts)
