"""The engines that machines share, as real processes of a test: pooler, Redis, storage service, read replica."""

import contextlib
import os
import pwd
import shutil
import socket
import subprocess
import time
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from detoxsite.ops.embedded_postgres import Postgres

from .site_process import TIMEOUT, free_port

PGBOUNCER = shutil.which("pgbouncer", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
REDIS = shutil.which("redis-server")
CONFIGURATION = """
[databases]
{name} = host={host} port={port} dbname={name} user={user} password={password}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {listen_port}
unix_socket_dir =
auth_type = any
pool_mode = transaction
default_pool_size = {size}
server_login_retry = 1
"""


class Engine:
    """A process that listens at a port of 127.0.0.1 and can be killed and started again there."""

    def __init__(self, folder: Path, log: str) -> None:
        self.port, self.log = free_port(), folder / log
        self.process: subprocess.Popen | None = None

    def command(self) -> list[str]:
        raise NotImplementedError

    def start(self):
        """Start, and wait until it takes connections."""
        with self.log.open("a") as said:
            self.process = subprocess.Popen(self.command(), stdout=said, stderr=said)
        deadline = time.monotonic() + TIMEOUT
        while True:
            is_starting = self.process.poll() is None and time.monotonic() < deadline
            assert is_starting, self.log.read_text()
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), timeout=5):
                return self
            time.sleep(0.02)

    def kill(self) -> None:
        if self.process:
            self.process.kill()
            self.process.wait()


class PgBouncer(Engine):
    """PgBouncer in transaction mode in front of the database at ``url``; its own ``url`` leads to the same one."""

    def __init__(self, url: str, folder: Path, *, size: int = 5) -> None:
        super().__init__(folder, "pgbouncer.log")
        given = urlsplit(url)
        name, host = given.path[1:], given.hostname or parse_qs(given.query)["host"][0]
        place = {"name": name, "host": host, "port": given.port or 5432, "listen_port": self.port, "size": size}
        self.configuration = folder / "pgbouncer.ini"
        self.configuration.write_text(CONFIGURATION.format(**place, user=given.username, password=given.password))
        self.url = f"postgres://{given.username}@127.0.0.1:{self.port}/{name}"

    def command(self) -> list[str]:
        return [*_unprivileged(), PGBOUNCER, str(self.configuration)]


def _unprivileged() -> list[str]:
    """PgBouncer refuses to run as root, and has to reach the private socket of the embedded database."""
    if os.getuid() != 0:
        return []
    user = pwd.getpwnam("nobody")
    identity = (f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups")
    return ["setpriv", *identity, "--inh-caps=+dac_override", "--ambient-caps=+dac_override", "--"]


class Redis(Engine):
    def __init__(self, folder: Path) -> None:
        super().__init__(folder, "redis.log")
        self.folder, self.url = folder, f"redis://127.0.0.1:{self.port}/1"

    def command(self) -> list[str]:
        kept = ["--save", "", "--appendonly", "no"]
        return [REDIS, "--port", str(self.port), "--bind", "127.0.0.1", "--dir", str(self.folder), *kept]


class StorageService:
    """A service that speaks S3, in a thread, with one bucket that is empty after each start."""

    def __init__(self) -> None:
        self.port = free_port()
        self.url = f"s3://key:secret@127.0.0.1:{self.port}/center?tls=0"

    def start(self):
        import boto3
        from moto.server import ThreadedMotoServer

        self.server = ThreadedMotoServer(ip_address="127.0.0.1", port=self.port)
        self.server.start()
        keys = {"aws_access_key_id": "key", "aws_secret_access_key": "secret", "region_name": "us-east-1"}
        with contextlib.closing(boto3.client("s3", endpoint_url=f"http://127.0.0.1:{self.port}", **keys)) as client:
            client.create_bucket(Bucket="center")
        return self

    def kill(self) -> None:
        self.server.stop()


class DatabaseServer(Postgres):
    """One that a test kills."""

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def start(self) -> None:
        """Also while processes of the one that was killed are still ending."""
        deadline = time.monotonic() + TIMEOUT
        while True:
            try:
                return super().start()
            except RuntimeError:
                if time.monotonic() > deadline:
                    raise


class Replica(DatabaseServer):
    """A streaming replica of ``primary``, which has to be running when this is started for the first time."""

    def __init__(self, folder: Path, primary: Postgres) -> None:
        super().__init__(folder)
        self.primary = primary

    def _initialize(self) -> None:
        self._make_private(self.data)
        shutil.copy(self.primary.folder / "password", self.folder)
        done = subprocess.run(
            self._command(
                "pg_basebackup",
                "-D",
                str(self.data),
                "-d",
                self.primary.url,
                "-R",
                "-X",
                "stream",
                "--checkpoint=fast",
                "--no-sync",
            ),
            capture_output=True,
            text=True,
            preexec_fn=self._detach,
        )
        if done.returncode:
            raise RuntimeError(f"The replica could not be made:\n{done.stdout}{done.stderr}")

    def _command(self, program: str, *arguments: str) -> list[str]:
        soon = ("-c", "wal_retrieve_retry_interval=100ms") if program == "postgres" else ()  # 5 s by default
        return super()._command(program, *arguments, *soon)
