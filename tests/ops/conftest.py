"""The real web server, in the process of the test."""

import contextlib
import http.client
import secrets
import socket
import threading
from urllib.parse import quote

import psycopg2
import pytest
from django.core.wsgi import get_wsgi_application
from django.db import connection

from detoxsite.ops import http_server
from tests.database import template
from tests.production import ProductionSite


@pytest.fixture
def start_server():
    """A function that serves an application on a free port; it returns the server, whose ``port`` that is."""
    started = []

    def start(application):
        listener = socket.create_server(("127.0.0.1", 0))
        server = http_server.make_server(application, listener)
        server.port = listener.getsockname()[1]
        thread = threading.Thread(target=server.run)
        started.append((server, thread))
        thread.start()
        return server

    yield start
    for server, thread in started:
        server.stop()
        thread.join()
        server.close()


@pytest.fixture
def server(transactional_db, start_server):
    """A function that sends a request to the site and returns (status, headers, page)."""
    port = start_server(get_wsgi_application()).port

    def send(method, path, body=None, headers=None, **options):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        connection.request(method, path, body, {"Host": "127.0.0.1", **(headers or {})}, **options)
        response = connection.getresponse()
        page = response.read().decode()
        connection.close()
        return response.status, dict(response.getheaders()), page

    send.port = port
    return send


@contextlib.contextmanager
def _database(role: str, template_name: str):
    """The URL of a new database with that role as its owner, on the server of the tests."""
    with template.maintenance() as cursor:
        cursor.execute(f"CREATE ROLE {role} SUPERUSER LOGIN PASSWORD 'first'")
        cursor.execute(f'CREATE DATABASE {role} TEMPLATE "{template_name}" OWNER {role}')
        given = connection.get_connection_params()
        place = f"?host={quote(given['host'], safe='')}" if given.get("host", "").startswith("/") else ""
        host = "" if place else f"{given.get('host', '')}:{given.get('port') or 5432}"
        yield f"postgres://{role}:first@{host}/{role}{place}"
        cursor.execute(template.DROP.format(role))
        cursor.execute(f"DROP ROLE {role}")


@pytest.fixture
def empty_database(django_db_setup, django_db_blocker):
    """The URL of a database without a table."""
    with django_db_blocker.unblock(), _database(f"empty_{secrets.token_hex(4)}", "template0") as url:
        yield url


@pytest.fixture
def production_database(django_db_setup, django_db_blocker, testrun_uid):
    """The URL of a migrated database for a site in production, and of a role of its own that a test may change."""
    with django_db_blocker.unblock(), _database(f"production_{secrets.token_hex(4)}", f"test_{testrun_uid}") as url:
        with contextlib.closing(psycopg2.connect(url)) as own:
            own.cursor().execute("DELETE FROM detoxsite_keycheck")  # that of the tests' INDEX_KEY
            own.commit()
        yield url


@pytest.fixture
def production_site(tmp_path, prepared_site, production_database):
    """A site in production with that database; not started."""
    site = ProductionSite(tmp_path / "production", prepared_site / "static", DATABASE_URL=production_database)
    yield site
    site.close()
