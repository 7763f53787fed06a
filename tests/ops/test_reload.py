"""SIGHUP to the process manager: every process is replaced, and no request is lost."""

import os
import signal

import pytest

from detoxsite.ops import process_manager
from tests.site_process import TIMEOUT
from tests.visitors import Visit, Visitors

pytestmark = pytest.mark.site


def test_a_reload_replaces_every_process_and_loses_no_request(site):
    terminal, side = os.openpty()
    site.environment |= {"WEB_PROCESSES": "3", "BIND_ADDRESS": "0.0.0.0"}
    site.start(stdin=side)
    os.close(side)
    old = {*site.processes("detoxsite.ops.web_server"), *site.processes("manage.py worker")}
    assert len(site.web_processes()) == 3
    visitors = Visitors(site.port, [Visit("/healthz")], rate=200)
    try:
        site.process.send_signal(signal.SIGHUP)
        site.until(lambda: "Reloaded." in site.output())
        site.until(lambda: not old & set(site.processes()))
    finally:
        visitors.stop()

    assert set(visitors.answers) == {200}
    assert len(site.web_processes()) == 3
    assert site.get("/readyz") == 200

    os.close(terminal)  # the terminal it was started in is closed: the same signal stops it
    site.process.send_signal(signal.SIGHUP)
    assert site.process.wait(TIMEOUT) == 0
    assert site.processes() == []


class Process:
    """A managed process that does what the test says."""

    def __init__(self, *_):
        self.is_ready, self.returncode, self.is_stopped = False, None, False
        self.process = self

    @property
    def has_exited(self):
        return self.returncode is not None

    def stop(self):
        self.is_stopped = True


@pytest.fixture
def reload(monkeypatch):
    """A reload of a site with one process, where nothing is started for real."""
    monkeypatch.setattr(process_manager, "ManagedProcess", Process)
    site = process_manager.Site(None, 0)
    site.processes = [Process()]
    monkeypatch.setattr(site, "start_processes", lambda started: started.append(Process()))
    return process_manager.Reload(site)


def test_the_old_processes_stop_when_the_new_ones_are_ready_and_not_before(reload):
    (old,) = reload.site.processes
    assert not reload.is_over()
    assert reload.new == []  # the database is not prepared yet

    reload.bootstrap.returncode = 0
    assert not reload.is_over()
    assert not old.is_stopped

    reload.new[0].is_ready = True
    assert reload.is_over()
    assert old.is_stopped
    assert reload.site.processes == reload.new
    assert reload.site.replaced == [old]


@pytest.mark.parametrize("failing", ["bootstrap", "new process"])
def test_after_a_failed_reload_the_old_processes_go_on(reload, failing, capsys):
    (old,) = reload.site.processes
    reload.bootstrap.returncode = 1 if failing == "bootstrap" else 0
    if failing == "new process":
        assert not reload.is_over()
        reload.new[0].returncode = 1

    assert reload.is_over()
    assert not old.is_stopped
    assert reload.site.processes == [old]
    assert "the processes from before it go on" in capsys.readouterr().err
