"""The admin of the articles app: editions with their workflow, the menus, the libraries, and reference data."""

from . import editions, files, menus, pictures, reference_data, reminders

__all__ = ["editions", "files", "menus", "pictures", "reference_data", "reminders"]
