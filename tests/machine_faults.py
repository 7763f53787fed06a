"""The fault harness with two machines: people ask for help while machines and engines are killed in turns.

Each request of a person goes to one machine or the other, as behind a load balancer. A machine is killed as a whole, or
its web processes or its worker alone; PgBouncer, Redis, the primary, the replica and the storage service are killed
too, and start again a moment later. Afterwards the same is compared as in ``tests/fault_injection.py``.

    script/bench faults --machines 2 --submissions 2000 --seed 1
"""

import os
import shutil
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from random import Random

from .fault_injection import MAX_DELAY, PEOPLE_AT_ONCE, TIMEOUT, Browser, FaultInjector, Outcome, check, person
from .machines import MISSING, Machines
from .production import HEADERS
from .site_process import prepared

MAX_DOWN = 2.0  # seconds until what was killed is started again


def run(machines: Machines, *, people: int, seed: int, max_delay: float = MAX_DELAY) -> Outcome:
    """With machines that run and have an account of admissions, to which alerts go."""
    outcome = Outcome(seed, people, not_full="not tried here")
    ports = [site.port for site in machines.sites]

    def ask_for_help(number: int) -> None:
        turned = ports[number % 2 :] + ports[: number % 2]
        person(Browser(*turned, headers=HEADERS), number, outcome, max_delay)

    with MachineFaults(machines, Random(seed), outcome.faults), ThreadPoolExecutor(PEOPLE_AT_ONCE) as crowd:
        list(crowd.map(ask_for_help, range(people)))
    check(machines.sites, outcome)
    return outcome


def add_staff(machines: Machines) -> None:
    command = ("detoxsite.ops.process_manager", "manage", "staff", "nurse@example.org", "--role", "admissions")
    assert machines.sites[0].run(*command).wait(TIMEOUT) == 0


class MachineFaults(FaultInjector):
    """Kills one part at a time and starts it again; never the last machine that serves."""

    def __init__(self, machines: Machines, random: Random, done: Counter) -> None:
        super().__init__(machines.sites[0], random, done)
        self.machines = machines

    def kinds(self) -> tuple[list, list]:
        engines = [self.kill_pooler, self.kill_redis, self.kill_primary]
        return [self.kill_machine, *engines, self.kill_web, self.kill_worker], [self.kill_replica, self.kill_storage]

    def kill_machine(self) -> bool:
        if self._chooses_site():
            self.site.close()
            self._restart(self.site.begin)
            return True
        return False

    def kill_web(self) -> bool:
        return self._chooses_site() and super().kill_web()

    def kill_worker(self) -> bool:
        return self._chooses_site() and super().kill_worker()

    def kill_pooler(self) -> None:
        self._kill_and_restart(self.machines.pooler)

    def kill_redis(self) -> None:
        self._kill_and_restart(self.machines.redis)

    def kill_storage(self) -> None:
        self._kill_and_restart(self.machines.storage)

    def kill_primary(self) -> None:
        self._kill_and_restart(self.machines.primary)

    def kill_replica(self) -> None:
        self._kill_and_restart(self.machines.replica)

    def _chooses_site(self) -> bool:
        """Choose the machine to be hit; not while one is still starting."""
        self.site = self.random.choice(self.machines.sites)
        return all(site.get("/healthz") == 200 for site in self.machines.sites)

    def _kill_and_restart(self, engine) -> None:
        engine.kill()
        self._restart(engine.start)

    def _restart(self, start: Callable[[], object]) -> None:
        self.over.wait(self.random.uniform(0.2, MAX_DOWN))
        self.machines.restart(start)


def main(*, people: int, seed: int) -> bool:
    """Run and report; return whether all went well."""
    if MISSING:
        raise SystemExit(f"Two machines need {MISSING}.")
    folder = Path(os.environ["DETOX_VAR"]) / "machines"
    folder.mkdir(parents=True, exist_ok=True)
    machines = Machines(folder / "all", prepared(folder / "prepared"), web_processes=2)
    try:
        machines.start()
        add_staff(machines)
        outcome = run(machines, people=people, seed=seed)
    finally:
        machines.close()
        shutil.rmtree(folder, ignore_errors=True)
    print(outcome.report(), flush=True)  # noqa: T201 that is what a benchmark does
    return outcome.is_good
