"""The metrics port of a whole site: all web processes answer as one, also after one of them was killed."""

import os
import re
import signal
import socket
import urllib.request

import pytest

from detoxsite.ops.monitoring import shared_counts
from tests.site_process import free_port

CANARY = "quetzal-canary-token-0123456789"
HEALTH = 'detoxsite_request_duration_seconds_count{status="2xx",view="healthz"}'


@pytest.fixture
def scraped(site):
    port = free_port()
    site.environment["METRICS_PORT"] = str(port)
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
    assert CANARY not in text
    [generation] = (site.var / "metrics").iterdir()

    site.process.send_signal(signal.SIGHUP)
    site.until(lambda: "Reloaded." in site.output())
    site.until(lambda: count(scraped(), "detoxsite_database_up") > 0)
    assert [path for path in (site.var / "metrics").iterdir() if path != generation]

    site.process.terminate()
    site.process.wait()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", scraped.port))


def test_folders_of_processes_that_have_ended_are_removed_and_others_not(tmp_path, monkeypatch):
    monkeypatch.setattr(shared_counts, "_held", [])
    monkeypatch.setattr(shared_counts.values, "ValueClass", shared_counts.values.ValueClass)
    monkeypatch.setenv(shared_counts.FOLDER, "")
    (tmp_path / "ended").mkdir()

    shared_counts.prepare(tmp_path)
    shared_counts.prepare(tmp_path)

    assert len(list(tmp_path.iterdir())) == 2
    for descriptor in shared_counts._held:
        os.close(descriptor)
