"""The admin of the articles app: editions with their workflow, the libraries, and reference data."""

from . import editions, files, pictures, reference_data, reminders

__all__ = ["editions", "files", "pictures", "reference_data", "reminders"]
