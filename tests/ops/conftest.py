"""The real web server, in the process of the test."""

import http.client
import socket
import threading

import pytest
from django.core.wsgi import get_wsgi_application

from detoxsite.ops import web_server


@pytest.fixture
def server(transactional_db):
    """A function that sends a request and returns (status, headers, page)."""
    listener = socket.create_server(("127.0.0.1", 0))
    port = listener.getsockname()[1]
    server = web_server.make_server(get_wsgi_application(), listener)
    thread = threading.Thread(target=server.run)
    thread.start()

    def send(method, path, body=None, headers=None, **options):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        connection.request(method, path, body, {"Host": "127.0.0.1", **(headers or {})}, **options)
        response = connection.getresponse()
        page = response.read().decode()
        connection.close()
        return response.status, dict(response.getheaders()), page

    send.port = port
    yield send
    server.task_dispatcher.shutdown()  # first its threads, which wake the loop when they have answered
    server.close()
    thread.join()
    for channel in list(server.active_channels.values()):  # whose visitors hung up when the loop had ended
        channel.handle_close()
    listener.close()
