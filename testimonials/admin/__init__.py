"""The desk where reviews are decided on, with the staff roster and the letters to writers."""

from . import records, reviews

__all__ = ["records", "reviews"]
