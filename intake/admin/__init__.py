"""The desk for calls for help: the queue, who is told, and what is kept for how long."""

from . import alerts, calls, records, retention_warnings

__all__ = ["alerts", "calls", "records", "retention_warnings"]
