"""Exceptions that services of all apps raise."""


class Refused(Exception):
    """A service refuses; the message tells the person who asked why. Nothing was written.

    ``field``: the form field to correct, if there is one.
    """

    def __init__(self, *args, field: str = "") -> None:
        super().__init__(*args)
        self.field = field


class CacheAway(Exception):
    """The shared cache (Redis) does not answer."""
