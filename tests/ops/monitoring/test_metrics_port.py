"""The metrics port of a whole site: all web processes answer as one, also after one of them was killed."""

import errno
import json
import os
import re
import signal
import socket
import urllib.request

import pytest

from detoxsite.ops.monitoring import shared_counts, web_processes
from tests.site_process import free_port

CANARY = "quetzal-canary-token-0123456789"
HEALTH = 'detoxsite_request_duration_seconds_count{status="2xx",view="healthz"}'


@pytest.fixture
def scraped(site):
    port = free_port()
    site.environment |= {"METRICS_PORT": str(port), "LOG_FORMAT": "json"}
    site.start()

    def scrape(path="/metrics"):
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=30) as answer:
            return answer.read().decode()

    scrape.port = port
    return scrape


def count(text, sample):
    found = re.search(rf"^{re.escape(sample)} ([\d.]+)$", text, re.MULTILINE)
    return float(found[1]) if found else 0.0


@pytest.mark.site
def test_two_processes_answer_as_one_and_end_with_the_site(site, scraped):
    before = count(scraped(), HEALTH)
    for _ in range(20):
        assert site.get("/healthz") == 200
    assert count(scraped(), HEALTH) == before + 20
    site.get(f"/r/{CANARY}/")
    site.get(f"/search/?q={CANARY}")

    victim = site.web_processes()[0]
    os.kill(victim, signal.SIGKILL)
    site.until(lambda: len(site.web_processes()) == 2 and victim not in site.web_processes())
    site.until(lambda: site.get("/healthz") == 200)

    text = scraped()
    assert count(text, HEALTH) >= before + 21  # what the one that was killed had counted is not lost
    assert count(text, "detoxsite_worker_up") == 1
    assert 'detoxsite_page_cache_requests_total{outcome="bypassed"}' in text
    assert CANARY not in text + site.output()
    logged = [json.loads(line) for line in site.output().splitlines() if line.startswith("{")]
    assert {"django.request", "detoxsite.ops.web_server"} <= {fields["logger"] for fields in logged}
    assert "A web process exited (-9); restarting it." in [fields["message"] for fields in logged]

    site.process.send_signal(signal.SIGHUP)
    site.until(lambda: "Reloaded." in site.output())
    site.until(lambda: count(scraped(), "detoxsite_database_up") > 0)
    site.until(lambda: count(scraped(), HEALTH) == 0)  # counters begin again

    site.process.terminate()
    site.process.wait()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", scraped.port))


@pytest.fixture
def preparing(tmp_path, monkeypatch):
    """``shared_counts.prepare`` with the library and the environment as they were afterwards."""
    held = []
    monkeypatch.setattr(shared_counts, "_held", held)
    monkeypatch.setattr(shared_counts.values, "ValueClass", shared_counts.values.ValueClass)
    monkeypatch.setattr(shared_counts.atexit, "register", lambda *args, **options: None)
    monkeypatch.setenv(shared_counts.FOLDER, "")
    yield lambda: shared_counts.prepare(tmp_path)
    for descriptor in held:
        os.close(descriptor)


def test_a_folder_that_was_left_is_removed_and_one_in_use_is_not(preparing, tmp_path):
    for name in (f"{shared_counts.PREFIX}left", "of another program"):
        (tmp_path / name).mkdir()
    (tmp_path / f"{shared_counts.PREFIX}link").symlink_to(tmp_path / "of another program")

    preparing()
    in_use = os.environ[shared_counts.FOLDER]
    preparing()

    names = {path.name for path in tmp_path.iterdir()}
    assert f"{shared_counts.PREFIX}left" not in names
    assert {os.path.basename(in_use), "of another program"} < names
    assert os.environ[shared_counts.FOLDER] != in_use


def test_an_answer_does_not_depend_on_the_file_that_counts_it(client, db, monkeypatch):
    def fail(*args):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("prometheus_client.Histogram.observe", fail)

    assert client.get("/healthz").status_code == 200


def test_a_port_in_use_leaves_the_site_without_metrics_and_is_logged(settings, caplog):
    with socket.create_server(("127.0.0.1", 0)) as other:
        settings.METRICS_PORT = other.getsockname()[1]

        assert web_processes.listen() is None

    assert "There are no metrics" in caplog.text
