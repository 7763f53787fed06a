"""Admin of the calls for help: queue, requests, alerting, records."""

from . import calls, escalation, on_call, phones, records, retention_warnings, webhooks

__all__ = ["calls", "escalation", "on_call", "phones", "records", "retention_warnings", "webhooks"]
