"""Monitoring in the web processes (ops/web_server.py). Whatever fails here is logged, and the site does without it.

Before the site is loaded no metric may be made and no model imported, so this imports the rest where it is needed.
"""

import logging
import socket

from django.conf import settings

from . import shared_counts

logger = logging.getLogger(__name__)


def prepare() -> None:
    """Let the web processes count together. To be called before the site is loaded, which makes the metrics."""
    if settings.METRICS_PORT:
        try:
            shared_counts.prepare()
        except OSError as exc:
            logger.error("The metrics of the web processes cannot be added up: %s", exc.strerror)


def load() -> None:
    """Import what ``start`` takes, so that the processes share its memory. To be called when the site is loaded."""
    from . import operator_alerts, server  # noqa: F401


def listen() -> socket.socket | None:
    """The listening socket of the metrics, or None without METRICS_PORT or where it cannot be used.

    The processes before and after a reload may have one each for a moment.
    """
    if not settings.METRICS_PORT:
        return None
    address = settings.METRICS_ADDRESS, settings.METRICS_PORT
    family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
    try:
        return socket.create_server(address, family=family, reuse_port=True)
    except OSError as exc:
        logger.error("There are no metrics: %s port %s cannot be used (%s)", *address, exc.strerror)
        return None


def start(place: int, listener: socket.socket | None) -> None:
    """In the process at this place among its siblings: answer scrapes; the first one also watches for the operator."""
    from . import operator_alerts, server

    shared_counts.take_place(place)
    try:
        if listener:
            server.start(listener)
        if place == 0:
            operator_alerts.start()
    except Exception:
        logger.exception("Monitoring could not be started")
