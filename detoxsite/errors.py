"""What the services of all apps raise."""


class Refused(Exception):
    """The step cannot be taken; the message says why, for the person who asked. Nothing was written."""
