"""Admin of reviews: moderation, the staff roster, the emails to authors."""

from . import reviews, staff_and_mail

__all__ = ["staff_and_mail", "reviews"]
