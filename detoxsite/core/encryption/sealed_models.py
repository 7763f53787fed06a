"""Rows whose personal content is one sealed value, and rows that are kept as they were written."""

import uuid
from collections.abc import Mapping
from functools import cached_property

import pgtrigger
from django.db import models

from . import sealing

NO_TRUNCATE = pgtrigger.Trigger(
    name="not_emptied",
    when=pgtrigger.Before,
    operation=pgtrigger.Truncate,
    level=pgtrigger.Statement,
    func="RAISE EXCEPTION 'these are kept for good';",
)
APPEND_ONLY = [
    pgtrigger.Protect(name="never_changed", operation=pgtrigger.Update, condition=pgtrigger.AnyChange()),
    pgtrigger.Protect(name="kept", operation=pgtrigger.Delete),
    NO_TRUNCATE,
]


class SealedModel(models.Model):
    """A row with its words in ``sealed``, which opens for this row alone and only with the center's private key."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    sealed = models.BinaryField(blank=True, default=b"")  # empty once erased

    class Meta:
        abstract = True

    def about(self, field: str = "sealed") -> str:
        """What a sealed value is bound to."""
        return f"{self._meta.label}.{field}:{self.pk}"

    def seal(self, words: Mapping) -> None:
        """Close ``words`` up for the center; this object alone still has them readable."""
        self.sealed = sealing.seal(words, self.about())
        self.payload = dict(words)

    @cached_property
    def payload(self) -> dict:
        """What was sealed; {} once erased. Raises sealing.Unreadable, always where no private key is held."""
        return sealing.unseal(self.sealed, self.about()) if self.sealed else {}


class ActorMixin(models.Model):
    """Names who did it, also after that account is gone."""

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
