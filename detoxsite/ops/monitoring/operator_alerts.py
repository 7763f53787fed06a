"""Tells the operator of technical faults (faults.py), also without Prometheus, and when they are over.

The first of the web processes looks every minute: a worker could not say that there is none. An external monitor of
/healthz has to notice where no web process is left.
"""

import json
import logging
import socket
import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from . import operator_channel
from .collector import Collector
from .faults import FAULTS, Fault

LOOK_EVERY = 60.0  # seconds
REPEAT_AFTER = timedelta(hours=6)  # while a fault lasts

logger = logging.getLogger(__name__)


def start() -> None:
    """Watch in a thread of this process, if there is anybody to tell."""
    if settings.OPERATOR_ALERTS:
        threading.Thread(target=_run, name="operator alerts", daemon=True).start()


def _run() -> None:
    watch = Watch(settings.VAR / "operator_alerts.json")
    while True:
        time.sleep(LOOK_EVERY)
        try:
            watch.look(timezone.now())
        except Exception as exc:  # the next look may succeed
            logger.error("The operator's alerts could not be looked after: %s", type(exc).__name__)


class Watch:
    """What is known of each fault: since when it is there, and when the operator was told. It outlives a restart."""

    def __init__(self, file: Path, send: Callable[[str, str], bool] = operator_channel.send) -> None:
        self.file, self.send = file, send
        self.since, self.told_at = self._read()

    def look(self, now: datetime) -> None:
        families = list(Collector().collect())
        found = {fault: fault.is_present(families) for fault in FAULTS}  # what nothing is known of stays as it is
        present = [fault for fault, is_present in found.items() if is_present]
        gone = [fault for fault, is_present in found.items() if is_present is False]
        for fault in present:
            self.since.setdefault(fault.name, now)
        for fault in gone:
            self.since.pop(fault.name, None)
        new = [fault for fault in present if self._is_to_tell(fault, now)]
        over = [fault for fault in gone if fault.name in self.told_at]
        if (new or over) and self.send(*_message(new, over)):
            self.told_at |= {fault.name: now for fault in new}
            for fault in over:
                del self.told_at[fault.name]
        self._write()

    def _is_to_tell(self, fault: Fault, now: datetime) -> bool:
        told_at = self.told_at.get(fault.name)
        is_repeated = told_at is not None and now - told_at < REPEAT_AFTER
        return now - self.since[fault.name] >= fault.lasting and not is_repeated

    def _read(self) -> tuple[dict[str, datetime], dict[str, datetime]]:
        try:
            kept = json.loads(self.file.read_text())
            since, told_at = (
                {name: datetime.fromisoformat(moment) for name, moment in kept[part].items()}
                for part in ("since", "told_at")
            )
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return {}, {}
        return since, told_at

    def _write(self) -> None:
        """Without it, as on a full disk, the operator is told again after a restart."""
        parts = {"since": self.since, "told_at": self.told_at}
        moments = {part: {name: at.isoformat() for name, at in known.items()} for part, known in parts.items()}
        new = self.file.with_suffix(".new")
        try:
            new.write_text(json.dumps(moments))
            new.rename(self.file)
        except OSError as exc:
            logger.warning("What the operator was told could not be noted: %s", exc.strerror)


def _message(new: list[Fault], over: list[Fault]) -> tuple[str, str]:
    """Subject and body: names of faults, and nothing about anyone."""
    names = ", ".join([*(fault.name for fault in new), *(f"over: {fault.name}" for fault in over)])
    lines = [f"{fault.name}: {fault.summary} What to do: docs/runbook.md, {fault.name}." for fault in new]
    lines += [f"{fault.name} is over." for fault in over]
    return f"{socket.gethostname()}: {names}", "\n".join(lines) + "\n"
