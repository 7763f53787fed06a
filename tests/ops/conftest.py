"""The real web server, in the process of the test."""

import http.client
import socket
import threading

import pytest
from django.core.wsgi import get_wsgi_application

from detoxsite.ops import http_server


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
