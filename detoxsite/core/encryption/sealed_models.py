"""Abstract models: personal content in one sealed value, and who acted."""

import uuid
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from functools import cached_property

from django.db import models

from . import sealing

observer: ContextVar[Callable | None] = ContextVar("observer", default=None)
"""Called with each opening and sealing: label of the model, primary key, reference, and whether it was sealed."""


class SealedModel(models.Model):
    """Personal content in ``sealed``, which opens for this row alone and only with the center's private key."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    sealed = models.BinaryField(blank=True, default=b"")  # empty once erased

    owner_field = ""  # the foreign key to what the access log names, where that is not the row itself

    class Meta:
        abstract = True

    def sealing_context(self, field: str = "sealed") -> str:
        """Model, field and row that a sealed value is bound to."""
        return f"{self._meta.label}.{field}:{self.pk}"

    def seal(self, payload: Mapping) -> None:
        """Seal ``payload`` to the center; only this instance keeps it readable."""
        self.sealed = sealing.seal(payload, self.sealing_context())
        self.payload = dict(payload)
        self._tell_observer(is_writing=True)

    @cached_property
    def payload(self) -> dict:
        """The opened content; {} once erased. Raises sealing.Unreadable, always in a process without a private key."""
        if not self.sealed:
            return {}
        opened = sealing.unseal(self.sealed, self.sealing_context())
        self._tell_observer(is_writing=False)
        return opened

    def _tell_observer(self, *, is_writing: bool) -> None:
        tell = observer.get()
        if tell is None:
            return
        if not self.owner_field:
            tell(self._meta.label_lower, str(self.pk), getattr(self, "reference", ""), is_writing)
            return
        field = self._meta.get_field(self.owner_field)
        owner = field.get_cached_value(self, None)  # without a query
        tell(
            field.related_model._meta.label_lower,
            str(getattr(self, field.attname)),
            getattr(owner, "reference", ""),
            is_writing,
        )


class ActorMixin(models.Model):
    """Who acted. ``by_name`` keeps the name after the account is deleted."""

    by = models.ForeignKey(
        "detoxsite.User", models.DO_NOTHING, db_constraint=False, null=True, related_name="+", editable=False
    )
    by_name = models.CharField("by", max_length=300, default="", editable=False)

    class Meta:
        abstract = True

    def __init__(self, *args, **kwargs):
        if "by" in kwargs and kwargs["by"] is not None and "by_name" not in kwargs:
            kwargs["by_name"] = str(kwargs["by"])[:300]
        super().__init__(*args, **kwargs)
