"""The admin of the articles app: editions with their workflow, the menus, the picture library, and reference data."""

from . import editions, menus, pictures, reference_data, reminders

__all__ = ["editions", "menus", "pictures", "reference_data", "reminders"]
