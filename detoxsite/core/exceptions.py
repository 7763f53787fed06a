"""Exceptions that services of all apps raise."""


class Refused(Exception):
    """A service refuses; the message tells the person who asked why. Nothing was written.

    ``field``: the form field to correct, if there is one.
    """

    def __init__(self, *args, field: str = "") -> None:
        super().__init__(*args)
        self.field = field


class MediaUnavailable(Exception):
    """The storage service of pictures did not answer. The message is the kind of the error, without a name."""


class CacheAway(Exception):
    """The shared cache (Redis) does not answer."""
