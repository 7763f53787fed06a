"""The desk where reviews are decided on, with the staff roster and the letters to writers."""

from . import staff_and_mail, reviews

__all__ = ["staff_and_mail", "reviews"]
