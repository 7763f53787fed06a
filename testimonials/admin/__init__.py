"""The desk where reviews are decided on, with the staff roster and the letters to writers."""

from . import reviews, staff_and_mail

__all__ = ["staff_and_mail", "reviews"]
