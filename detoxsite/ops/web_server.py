"""A web process: waitress on a socket inherited from the process manager.

waitress reads requests and writes responses without blocking a thread on a slow visitor, and passes a request to
Django only when it is complete (docs/decisions/0005-waitress.md).
"""

import os
import signal
import socket
import sys

THREADS = 8


def main(descriptor: int) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "detoxsite.settings")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())
    from detoxsite.wsgi import application

    make_server(application, socket.socket(fileno=descriptor)).run()


def make_server(application, listener: socket.socket):
    """The server on a listening socket. Django has to be set up."""
    from waitress.server import TcpWSGIServer, create_server

    from . import request_limits

    TcpWSGIServer.channel_class = request_limits.Channel
    return create_server(
        application,
        sockets=[listener],
        threads=THREADS,
        connection_limit=500,
        channel_timeout=20,
        cleanup_interval=5,
        max_request_header_size=32 * 1024,
        max_request_body_size=request_limits.MAX_RECEIVED,
        inbuf_overflow=2 * request_limits.MAX_BODY,  # never spill to a temporary file: it would hold a visitor's text
        ident=None,
        trusted_proxy=os.environ.get("TRUSTED_PROXY") or "127.0.0.1",
        trusted_proxy_headers={"x-forwarded-proto", "x-forwarded-for"},
    )


if __name__ == "__main__":
    main(int(sys.argv[1]))
