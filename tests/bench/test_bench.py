"""A tiny run of the benchmarks, from the site's start to the report, and the parts that decide what a row says."""

import re
import subprocess
import sys
from xml.etree import ElementTree

import pytest

from tests import site_process

from . import client, report, rows

TINY = "--articles 30 --reviews 5 --calls 5 --seconds 0.1 --rounds 1 --alone 3 --tries 1"


@pytest.mark.site
def test_every_row_of_the_table_is_measured_and_reported(site, tmp_path):
    file, folder = tmp_path / "report.html", tmp_path / "work"
    folder.mkdir()

    done = subprocess.run(
        [sys.executable, "-m", "tests.bench", *TINY.split(), "--site", str(site.var), "--report", str(file)],
        cwd=site_process.ROOT,
        env={**site.environment, "DETOX_VAR": str(folder)},
        capture_output=True,
        text=True,
    )

    assert done.returncode == 0, done.stdout + done.stderr
    names = re.findall(r"^(.+?): .*? (?:x|ms|MB|%)", done.stdout, re.MULTILINE)
    assert len(names) == 28
    page = ElementTree.fromstring(file.read_text())
    assert [cell.text for cell in page.iterfind(".//tbody/tr/th")] == names
    assert len(page.findall(".//svg")) == 3
    assert "script" not in {element.tag for element in page.iter()}
    assert not re.search(r"(?:src|href)=|url\(|@import", file.read_text())


@pytest.mark.parametrize(
    ("value", "shown"),
    [(0.0166, "0.0166"), (0.3, "0.300"), (1.5, "1.50"), (44.12, "44.1"), (110, "110"), (3650.4, "3,650"), (0, "0")],
)
def test_a_figure_has_three_digits(value, shown):
    assert rows.shown(value) == shown


@pytest.mark.parametrize(
    ("goal", "value", "faults", "verdict"),
    [
        (rows.Goal(0.3), 0.3, {}, "ok"),
        (rows.Goal(0.3), 0.29, {}, "short"),
        (rows.Goal(40, is_most=True), 40, {}, "ok"),
        (rows.Goal(40, is_most=True), 41, {}, "short"),
        (None, 1, {}, ""),
        (rows.Goal(0.3), 0.5, {"status 503": 1}, "failing"),
        (rows.Goal(0.3), 0.5, {"status 503": 1, "other content": 1}, "wrong"),
        (None, 1, {"other content": 1}, "wrong"),
    ],
)
def test_a_row_says_whether_its_goal_is_reached(goal, value, faults, verdict):
    assert rows.Row("article", value, rows.RATIO, goal, faults=faults).verdict == verdict


@pytest.mark.parametrize(
    ("answer", "fault"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nright", ""),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nrig\r\n2\r\nht\r\n0\r\n\r\n", ""),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nwrong", "other content"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", "other content"),
        (b"HTTP/1.1 503 No\r\nContent-Length: 5\r\n\r\nright", "status 503"),
    ],
)
def test_the_client_notices_a_wrong_answer(answer, fault):
    target = client.Target({"request": "", "contains": "right"})

    assert target.fault(client.Answer(answer), look_inside=True) == fault


def test_the_client_waits_for_the_rest_of_an_answer():
    with pytest.raises(client.Incomplete):
        client.Answer(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nrigh")


@pytest.mark.browser
@pytest.mark.django_db
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_report_is_accessible(browser, tmp_path, scheme):
    from axe_playwright_python.sync_playwright import Axe

    measured = [
        rows.of_rounds("article, cold", [0.2, 0.3], rows.RATIO, rows.Goal(0.3), ours="900/s", baseline="3,000/s"),
        rows.of_rounds("home, cached", [1.7, 1.8], rows.RATIO, rows.Goal(1.5)),
        rows.Row("search, alone", 9, "ms p50", rows.Goal(8, is_most=True), faults={"status 503": 1}),
    ]
    report.write(tmp_path / "report.html", measured, command="script/bench", facts={})
    page = browser.new_page(viewport={"width": 360, "height": 800}, color_scheme=scheme)
    page.goto((tmp_path / "report.html").as_uri())

    assert page.evaluate("document.documentElement.scrollWidth") == 360
    assert Axe().run(page).response["violations"] == []
    page.close()
