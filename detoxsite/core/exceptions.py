"""What the services of all apps raise."""


class Refused(Exception):
    """The step cannot be taken; the message says why, for the person who asked. Nothing was written.

    ``field``: of the step's form, where that is what it takes.
    """

    def __init__(self, *args, field: str = "") -> None:
        super().__init__(*args)
        self.field = field
