"""The desk of the articles: editions are written and signed off, and what they are made with is kept."""

from . import editions, reference_data, reminders

__all__ = ["editions", "reference_data", "reminders"]
