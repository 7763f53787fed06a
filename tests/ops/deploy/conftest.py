"""What script/install lays out, put to work: nginx, both halves and PostgreSQL with its two roles, on free ports."""

import contextlib
import http.client
import os
import re
import shutil
import socket
import ssl
import subprocess
from pathlib import Path
from types import SimpleNamespace

import psycopg2
import pytest

from detoxsite.core.encryption import sealing
from tests.database.server import QuickPostgres
from tests.site_process import ROOT, Site, free_port

NGINX = "/usr/sbin/nginx"
HOSTS = {"public": "www.example.org", "staff": "staff.example.org"}
ROLE = "detoxsite-public"


def install(root: Path, *arguments: str) -> str:
    """Run script/install with files below ``root`` only; returns what it said."""
    names = arguments or ("--public", HOSTS["public"], "--staff", HOSTS["staff"])
    command = ["sh", ROOT / "script/install", "--root", root, *names]
    done = subprocess.run(command, text=True, capture_output=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="session")
def laid_out(tmp_path_factory):
    """The folder below which script/install wrote its files. Shared: tests that change a file make their own."""
    root = tmp_path_factory.mktemp("root")
    install(root)
    return root


def settings_of(root: Path, half: str) -> dict[str, str]:
    """The variables of a half, as systemd reads them."""
    lines = [(root / f"etc/detoxsite/{name}.env").read_text().splitlines() for name in ("common", half)]
    return dict(line.split("=", 1) for line in sum(lines, []) if line and not line.startswith("#"))


class Half(Site):
    """One of the two units: the process manager with the settings that were laid out."""

    def __init__(self, root: Path, half: str, var: Path, **other):
        super().__init__(var)
        var.mkdir(exist_ok=True)
        unset = {"DETOX_SAMPLE", "SEALING_PRIVATE_KEYS"}
        kept = {name: value for name, value in self.environment.items() if name not in unset}
        self.environment = kept | settings_of(root, half) | {"DETOX_VAR": str(var), "PORT": str(self.port)} | other
        self.environment["WEB_PROCESSES"] = "1"

    def start(self):
        self.log = (self.var / "log").open("w+")
        self.process = self.run("detoxsite.ops.process_manager", stdout=self.log, stderr=subprocess.STDOUT)
        return self

    def until_ready(self):
        self.until(lambda: "Ready: " in self.output() or self.process.poll() is not None)
        assert self.process.poll() is None, self.output()
        return self


@pytest.fixture(scope="module")
def halves(laid_out, tmp_path_factory, prepared_site):
    """Both halves, each with its own folder and database role. ``sql(query)`` asks as the owner."""
    folder = tmp_path_factory.mktemp("halves")
    subprocess.run(["cp", "-a", prepared_site / "postgres", folder / "postgres"], check=True)
    subprocess.run(["cp", "-a", prepared_site / "static", folder / "static"], check=True)
    keys = {name: (prepared_site / "keys" / name.lower()).read_text() for name in ("INDEX_KEY", "SEALING_PRIVATE_KEYS")}
    keys["SEALING_PUBLIC_KEY"] = sealing.derive_public_key(keys["SEALING_PRIVATE_KEYS"])
    database = QuickPostgres(folder / "postgres")
    database.start()
    with contextlib.closing(psycopg2.connect(database.url)) as connection:
        connection.autocommit = True
        cursor = connection.cursor()
        cursor.execute(f"CREATE ROLE \"{ROLE}\" LOGIN PASSWORD 'public'")

        def sql(query, *parameters):
            cursor.execute(query, parameters)
            return cursor.fetchall()

        staff = Half(laid_out, "staff", folder / "staff", **keys, DATABASE_URL=database.url)
        as_public = re.sub(r"//[^@]*@", f"//{ROLE}:public@", database.url)
        keys.pop("SEALING_PRIVATE_KEYS")
        public = Half(laid_out, "public", folder / "public", **keys, DATABASE_URL=as_public)
        staff.environment["SYNTHETIC_ORIGIN"] = f"http://127.0.0.1:{public.port}"
        for half in (staff, public):
            shutil.copytree(folder / "static", half.var / "static")
        (staff.var / "media/reviews").mkdir(parents=True)
        (public.var / "media").symlink_to(staff.var / "media")
        try:
            staff.start().until_ready()  # migrates, and grants
            public.start().until_ready()
            yield SimpleNamespace(staff=staff, public=public, sql=sql, database=database)
        finally:
            public.close()
            staff.close()
            database.stop()


@pytest.fixture(scope="module")
def nginx(laid_out, halves, tmp_path_factory):
    """A real nginx with the shipped configuration. ``ask(host, method, path, …)`` sends a request over TLS."""
    if not os.path.exists(NGINX):
        pytest.skip(f"no nginx at {NGINX}: the shipped configuration is not tried")
    folder = tmp_path_factory.mktemp("nginx")
    port = free_port()
    replaced = {
        "/etc/detoxsite": f"{laid_out}/etc/detoxsite",
        "/var/log/detoxsite": str(folder),
        "/var/cache/nginx/detoxsite": str(folder / "cache"),
        "/var/lib/detoxsite-acme": str(folder / "acme"),
        ":8001;": f":{halves.public.port};",
        ":8002;": f":{halves.staff.port};",
        "listen 443": f"listen 127.0.0.1:{port}",
        "listen 80": f"listen 127.0.0.1:{free_port()}",
    }

    def adapted(path: str) -> Path:
        text = "\n".join(line for line in (laid_out / path).read_text().splitlines() if "listen [::]" not in line)
        for old, new in replaced.items():
            text = text.replace(old, new)
        file = folder / Path(path).name
        file.write_text(text)
        return file

    for name in ("server", "proxy"):
        replaced[f"/etc/detoxsite/nginx-{name}.conf"] = str(folder / f"nginx-{name}.conf")
    replaced = dict(sorted(replaced.items(), key=lambda item: -len(item[0])))
    for name in ("server", "proxy"):
        adapted(f"etc/detoxsite/nginx-{name}.conf")
    site = adapted("etc/nginx/sites-available/detoxsite")
    temporary = "\n".join(
        f"{kind}_temp_path {folder}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    user = "user root;" if os.getuid() == 0 else ""
    (folder / "conf").write_text(
        f"{user} daemon off; worker_processes 1; pid {folder}/pid; events {{ worker_connections 256; }}\n"
        f"http {{ {temporary} include {site}; }}"
    )
    server = subprocess.Popen([NGINX, "-p", folder, "-c", folder / "conf", "-e", folder / "main.log"])
    proxy = SimpleNamespace(folder=folder, port=port, ask=lambda *request, **more: ask(port, *request, **more))
    try:
        halves.public.until(
            lambda: server.poll() is not None or ((folder / "pid").exists() and (folder / "pid").read_text())
        )
        assert server.poll() is None, (folder / "main.log").read_text()
        yield proxy
    finally:
        server.terminate()
        server.wait()


def ask(port, host, method, path, body=None, headers=None):
    """A request over TLS, by the name of the host; returns status, headers and body."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE  # a certificate of our own
    connection = http.client.HTTPConnection(host)
    connection.sock = context.wrap_socket(socket.create_connection(("127.0.0.1", port), 60), server_hostname=host)
    with contextlib.closing(connection):
        connection.request(method, path, body, headers or {})
        response = connection.getresponse()
        return SimpleNamespace(status=response.status, headers=response.headers, body=response.read())
