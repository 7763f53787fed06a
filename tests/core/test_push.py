"""Push: what staff enter leads to the public internet only, encrypted; what failed has a class; no key goes along."""

import json
import subprocess

import pytest

from detoxsite.core import push
from detoxsite.core.push import sender
from tests.push_service import PushService

TIMEOUT = 300.0  # seconds: a busy machine changes no result


@pytest.fixture
def service():
    with PushService() as service:
        yield service


def outcomes(*urls):
    """Of several URLs in one process."""
    return sender._run(urls, "title", "body", is_guarded=True, timeout=TIMEOUT)


def test_what_leads_into_a_network_or_is_not_encrypted_is_refused(service):
    found = outcomes(
        f"jsons://127.0.0.1:{service.port}/x",
        f"jsons://localhost:{service.port}/x",
        f"ntfy://127.0.0.1:{service.port}/x",
        "json://93.184.215.14/x",
        "json://10.0.0.1/x",
        "jsons://169.254.169.254/x",
        "jsons://[::1]/x",
    )

    assert found == ["AddressForbidden"] * 7
    assert service.received == []


def test_failures_have_a_class_and_a_redirect_is_not_followed(service, settings):
    settings.PUSH_SERVICES_INSIDE = [service.address, "127.0.0.1:1"]
    service.statuses = [200, 403, 429, 503, 302, 200]

    found = outcomes(*[f"json://{service.address}/x"] * 5, "json://127.0.0.1:1/x", "nonsense://x")

    assert found == [
        *("", "ServiceRefused 403", "ServiceFailed 429", "ServiceFailed 503", "ServiceRefused 302"),
        *("ServiceUnreachable", "AddressNotUnderstood"),
    ]
    assert len(service.received) == 5


def test_a_url_is_checked_without_sending(service, settings):
    settings.PUSH_SERVICES_INSIDE = [service.address]

    push.check(f"json://{service.address}/x", timeout=TIMEOUT)
    with pytest.raises(push.AddressNotUnderstood):
        push.check("pover://", timeout=TIMEOUT)

    assert service.received == []


@pytest.fixture
def started(monkeypatch):
    """What the process would get; it ends without an answer."""
    started = []

    def run(command, **options):
        started.append(options)
        return subprocess.CompletedProcess(command, 1, "", "")

    monkeypatch.setattr(subprocess, "run", run)
    return started


def test_the_process_gets_no_key_and_a_url_of_staff_no_proxy(started, monkeypatch):
    for name in ("SECRET_KEY", "DATABASE_URL", "SEALING_PRIVATE_KEYS", "HTTPS_PROXY"):
        monkeypatch.setenv(name, "canary")

    with pytest.raises(push.ServiceUnreachable):
        push.send("ntfys://ntfy.sh/x", "title", "body", timeout=1.0)
    assert push.send_to_all(["ntfys://ntfy.sh/x"], "title", "body", timeout=1.0) == 0

    of_staff, of_operator = [options["env"] for options in started]
    assert "canary" not in of_staff.values()
    assert {name for name, value in of_operator.items() if value == "canary"} == {"HTTPS_PROXY"}
    assert json.loads(started[0]["input"])["urls"] == ["ntfys://ntfy.sh/x"]
