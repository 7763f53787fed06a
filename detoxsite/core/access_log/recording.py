"""Recording: what is opened or sealed while a request is answered gets into the access log before the answer goes out.

The sealed models report it themselves (core/encryption/sealed_models.py), so no view can forget to.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.utils import timezone

from .. import roles
from ..encryption import sealed_models
from ..models import SealedAccess

SAME_VIEW = timezone.timedelta(minutes=10)  # within this time the same person continues the same view
Action = SealedAccess.Action


class Recorder:
    """What one request has opened and sealed so far. Call it with each (model, primary key, reference, is_writing)."""

    def __init__(self, by=None, by_name: str = "", action: str = Action.READ) -> None:
        self.by, self.by_name, self.action, self.reason = by, by_name or str(by)[:300], action, ""
        self._read: dict[str, dict[str, str]] = {}  # by model: {primary key: reference}
        self._written: dict[str, dict[str, str]] = {}

    def __call__(self, model: str, pk: str, reference: str, is_writing: bool) -> None:
        (self._written if is_writing else self._read).setdefault(model, {})[pk] = reference

    def write(self) -> None:
        for model, found in self._written.items():
            self._add(Action.WRITE, model, found)
        for model, found in self._read.items():
            if self.action not in (Action.READ, Action.LIST) or not self._is_same_view(model, found):
                self._add(self.action, model, found)

    def _add(self, action: str, model: str, found: dict[str, str]) -> None:
        references = sorted(filter(None, set(found.values())))
        _create(self.by, self.by_name, action, model, sorted(found), references, self.reason)

    def _is_same_view(self, model: str, found: dict[str, str]) -> bool:
        since = timezone.now() - SAME_VIEW
        same = SealedAccess.objects.filter(by=self.by, at__gt=since, model=model, subjects=sorted(found))
        return same.filter(action=self.action, reason=self.reason).exists()


def _create(by, by_name: str, action: str, model: str, subjects: list, references: list, reason: str) -> None:
    SealedAccess.objects.create(
        by=by,
        by_name=by_name,
        by_roles=", ".join(sorted(roles.of(by))) if by else "",
        action=action,
        model=model,
        subjects=subjects,
        references=references,
        reason=reason,
    )


def add_entry(by, action: str, obj, *, reason: str = "") -> None:
    """Add an entry about one row at once."""
    references = [obj.reference] if hasattr(obj, "reference") else []
    _create(by, str(by)[:300], action, obj._meta.label_lower, [str(obj.pk)], references, reason)


@contextmanager
def recording(by=None, **options) -> Iterator[Recorder]:
    """Record what is opened and sealed inside. Call ``write`` on what this yields, before anything is shown."""
    recorder = Recorder(by, **options)
    token = sealed_models.observer.set(recorder)
    try:
        yield recorder
    finally:
        sealed_models.observer.reset(token)


def current() -> Recorder | None:
    """The recorder of the request that is being answered; None outside of staff pages."""
    return sealed_models.observer.get()


def describe(action: str, reason: str = "") -> None:
    """Say what is done with the content that this request opens: listed, printed."""
    if recorder := current():
        recorder.action, recorder.reason = action, reason
