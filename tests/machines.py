"""Two web machines and all that they share: primary, read replica, pooler, Redis, storage service. Real processes.

A machine is a process manager with a folder, a port, web processes and a worker of its own. Containers would do the
same: tests/containers/machines.yaml.
"""

import contextlib
import subprocess
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from .engines import PGBOUNCER, REDIS, DatabaseServer, PgBouncer, Redis, Replica, StorageService
from .production import ProductionSite, query
from .site_process import TIMEOUT

MISSING = "PgBouncer and Redis (Debian's packages pgbouncer and redis-server)" if not (PGBOUNCER and REDIS) else ""


class Machines:
    """``sites`` are the machines; each engine can be killed and started again."""

    def __init__(self, folder: Path, prepared: Path, *, web_processes: int = 1) -> None:
        """``prepared``: the folder of a site that was started once; the primary is a copy of its database."""
        folder.mkdir(exist_ok=True)
        subprocess.run(["cp", "-a", prepared / "postgres", folder / "primary"], check=True)
        self.primary = DatabaseServer(folder / "primary")
        self.replica = Replica(folder / "replica", self.primary)
        self.pooler = PgBouncer(self.primary.url, folder, size=10)
        self.redis, self.storage = Redis(folder), StorageService()
        shared = {
            "DATABASE_URL": self.pooler.url,
            "DATABASE_DIRECT_URL": self.primary.url,
            "DATABASE_REPLICA_URL": self.replica.url,
            "CACHE_URL": self.redis.url,
            "MEDIA_STORAGE_URL": self.storage.url,
            "WEB_PROCESSES": str(web_processes),
            "READYZ_TOKEN": "operator",
        }
        self._starter = ThreadPoolExecutor(1)
        self.sites = [ProductionSite(folder / name, prepared / "static", **shared) for name in ("one", "two")]

    def start(self) -> "Machines":
        self.primary.start()
        self.query("DELETE FROM detoxsite_keycheck; COMMIT; SELECT 1")  # that of the prepared site's INDEX_KEY
        self.replica.start()
        for site in self.sites:
            site.environment["DATABASE_REPLICA_URL"] = self.replica.url  # now with its password
        for engine in (self.pooler, self.redis, self.storage):
            engine.start()
        for site in self.sites:
            site.begin()
        for site in self.sites:
            site.until(lambda site=site: "Ready: " in site.output(), 3 * TIMEOUT)  # they start at the same time
        return self

    def restart(self, start: Callable[[], object]) -> None:
        """Start something again, in a thread that lasts: the kernel ends these processes with the thread that did."""
        self._starter.submit(start).result()

    def close(self) -> None:
        for site in self.sites:
            site.close()
        for engine in (self.pooler, self.redis, self.storage):
            with contextlib.suppress(Exception):
                engine.kill()
        self.replica.stop()
        self.primary.stop()
        self._starter.shutdown()

    def query(self, sql: str) -> list[tuple]:
        return query(self.primary.url, sql)

    def on_replica(self, sql: str) -> list[tuple]:
        return query(self.replica.url, sql)
