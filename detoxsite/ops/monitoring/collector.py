"""All metrics in one registry. A group that fails says so and keeps no other from being read."""

import logging
from collections.abc import Callable, Iterable, Iterator

from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection, connections, transaction
from prometheus_client import CollectorRegistry
from prometheus_client.core import GaugeMetricFamily

from detoxsite.core import db_timeout, request_metrics

from . import database, machine, shared_counts
from .families import gauge, labeled_gauge

TIMEOUT = 8.0  # seconds that one scrape waits for the database
STATEMENT_TIMEOUT = 3000  # milliseconds; PostgreSQL ends a query of ours that takes longer

Group = Callable[[], Iterable[GaugeMetricFamily]]
ON_DISK: dict[str, Group] = {"disk": machine.disk, "spool": machine.spool_depth, "checks": machine.checks}
IN_DATABASE: dict[str, Group] = {"processes": database.processes, "jobs": database.job_runs}
# of the staff half alone: the database shows no more to the other one
STAFF_ON_DISK: dict[str, Group] = {"backup": machine.backup}
STAFF_IN_DATABASE: dict[str, Group] = {
    "requests": database.requests,
    "alerts": database.alerts,
    "outboxes": database.outboxes,
}

logger = logging.getLogger(__name__)


class Collector:
    """The gauges, read anew at each scrape."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        failed: dict[str, float] = {}
        is_staff = "staff" in settings.SITES
        yield from _read(ON_DISK | (STAFF_ON_DISK if is_staff else {}), failed)
        try:
            with db_timeout.time_limit(TIMEOUT, fails_fast=False):
                is_up = _is_database_up()
                yield gauge("database_up", "1: the database answers.", is_up)
                if is_up:
                    groups = IN_DATABASE | (STAFF_IN_DATABASE if is_staff else {})
                    yield from _read({name: _limited(group) for name, group in groups.items()}, failed)
        finally:
            _close_connection()
        yield labeled_gauge("collector_failed", "1: this group of metrics could not be read.", "group", failed)


def _read(groups: dict[str, Group], failed: dict[str, float]) -> list[GaugeMetricFamily]:
    found: list[GaugeMetricFamily] = []
    for name, group in groups.items():
        try:
            found += list(group())
            failed[name] = 0
        except (DatabaseError, InterfaceError, OSError) as exc:
            logger.warning("The metrics of group “%s” could not be read: %s", name, type(exc).__name__)
            failed[name] = 1
    return found


def _limited(group: Group) -> Group:
    """Let PostgreSQL end what takes too long: a timeout of ours would make the requests of visitors fail fast."""

    def read() -> list[GaugeMetricFamily]:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL statement_timeout = %s", [STATEMENT_TIMEOUT])
            return list(group())

    return read


def _is_database_up() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        return True
    except (DatabaseError, InterfaceError):
        return False


def _close_connection() -> None:
    """Scrapes are seldom; between two of them the database keeps no connection for us."""
    for each in connections.all(initialized_only=True):
        if not each.in_atomic_block:
            each.close()


def new_registry() -> CollectorRegistry:
    """What a scrape shows: the gauges, and what the web processes counted."""
    registry = CollectorRegistry()
    registry.register(Collector())
    shared_counts.add_to(registry, request_metrics.REGISTRY)
    return registry
