"""The admin of the articles app: editions with their workflow, the picture library, and reference data."""

from . import editions, pictures, reference_data

__all__ = ["editions", "pictures", "reference_data"]
