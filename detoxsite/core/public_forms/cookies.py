"""Cookies that hold encrypted values, which only this site can read."""

from functools import cached_property

from ..encryption import sealing, symmetric


class LockedCookie:
    """A cookie named ``name``, sent below ``path`` only and kept by the browser for ``max_age`` seconds."""

    def __init__(self, name: str, *, path, max_age: int) -> None:
        self.name, self.max_age = name, max_age
        self._path = path

    @cached_property
    def path(self) -> str:
        return str(self._path)  # may be a reverse_lazy, which would be looked up each time

    def set(self, response, request, value: dict) -> None:
        response.set_cookie(
            self.name,
            symmetric.encrypt(value, self.name),
            max_age=self.max_age,
            path=self.path,
            secure=request.is_secure(),
            httponly=True,
            samesite="Strict",
        )

    def read(self, request) -> dict | None:
        """The value; None without a cookie of ours. A browser may send it after ``max_age`` is over."""
        try:
            return symmetric.decrypt(request.COOKIES.get(self.name, ""), self.name)
        except sealing.Unreadable:
            return None

    def delete(self, response) -> None:
        response.delete_cookie(self.name, path=self.path, samesite="Strict")
