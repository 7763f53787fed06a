"""The desk of the articles: editions are written and signed off, and what they are made with is kept."""

from . import editions, library

__all__ = ["editions", "library"]
