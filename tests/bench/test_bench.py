"""A tiny run of the benchmarks, from the site's start to the report."""

import subprocess
import sys

import pytest

from tests import site_process

pytestmark = pytest.mark.site
TINY = "--articles 40 --reviews 20 --calls 5 --seconds 0.2 --rounds 1 --alone 3 --tries 1".split()  # noqa: SIM905


def test_every_row_of_the_table_is_measured_and_reported(site, tmp_path):
    report = tmp_path / "report.html"
    environment = {**site.environment, "DETOX_VAR": str(site.var.parent)}

    done = subprocess.run(
        [sys.executable, "-m", "tests.bench", *TINY, "--report", str(report)],
        cwd=site_process.ROOT,
        env=environment,
        capture_output=True,
        text=True,
    )

    assert done.returncode == 0, done.stdout + done.stderr
