"""A site as in production, on a database server that a test starts, stops and puts a pooler in front of."""

import contextlib
import html
import http.client
import re
import shutil
from pathlib import Path
from urllib.parse import urlencode

import psycopg2

from detoxsite.core.encryption import sealing

from .database.server import QuickPostgres
from .site_process import Site

HOST = "detox.example.org"
HIDDEN = re.compile(r'<input type="hidden" name="(\w+)" value="([^"]*)"')
REFERENCE = re.compile(r'class="ref">(\w{8})<')
HEADERS = {"Host": HOST, "X-Forwarded-Proto": "https", "X-Forwarded-For": "192.0.2.7"}  # of the proxy
SECRETS = {
    "SECRET_KEY": "not-a-secret-but-long-enough-for-the-check-0123456789-abcdef",
    "INDEX_KEY": "not-a-secret-either-but-as-long-as-one-0123456789",
    "SEALING_PRIVATE_KEYS": (SEED := sealing.new_private_key()),
    "SEALING_PUBLIC_KEY": sealing.derive_public_key(SEED),
}
PRODUCTION = {
    "DATABASE_URL": "postgres://nobody@127.0.0.1:9/none",
    "ALLOWED_HOSTS": HOST,
    "EMAIL_URL": "smtp://localhost:25",
    "SECURITY_CONTACT": f"mailto:security@{HOST}",
    **SECRETS,
}


class ProductionSite(Site):
    """Processes with the settings of production, behind a proxy that speaks HTTPS: the test."""

    def __init__(self, var: Path, static: Path, **environment: str) -> None:
        var.mkdir(parents=True)
        shutil.copytree(static, var / "static")  # compressing takes long
        super().__init__(var)
        self.environment |= {**PRODUCTION, "EMAIL_URL": f"file:///{var}/mail", **environment}
        self.environment.pop("DETOX_SAMPLE")

    def begin(self) -> "ProductionSite":
        """Start, without waiting until the site is ready."""
        return self.start(until="")

    def ask(self, method: str, path: str, fields: dict | None = None, **headers: str) -> tuple[int, str]:
        """Return status and text of the answer to a request from behind the proxy; 0 if there is none."""
        headers = {**HEADERS, **headers}
        body = urlencode(fields) if fields else None
        if fields:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        try:
            with contextlib.closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)) as connection:
                connection.request(method, path, body, headers)
                answer = connection.getresponse()
                self.location = answer.headers.get("Location", "")
                return answer.status, answer.read().decode()
        except (OSError, http.client.HTTPException):
            return 0, ""

    def send_request_for_help(self, story: str) -> str:
        """Ask for help as a person does; returns the reference that they are shown."""
        status, page = self.ask("GET", "/help/")
        assert status == 200, page
        fields = {name: html.unescape(value) for name, value in HIDDEN.findall(page)}
        status, page = self.ask("POST", "/help/", fields | {"phone": "(212) 555-0123", "story": story})
        assert status == 302, page
        return REFERENCE.search(self.ask("GET", self.location)[1])[1]


def query(url: str, sql: str) -> list[tuple]:
    with contextlib.closing(psycopg2.connect(url)) as connection, connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchall()


def new_server(folder: Path) -> QuickPostgres:
    """A database server of a test's own, with an empty database; started and stopped again."""
    server = QuickPostgres(folder)
    server.start()
    server.stop()
    return server
