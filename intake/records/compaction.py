"""The tables of requests that are compacted after erasures."""

from datetime import datetime

from detoxsite.core import compaction

from ..models import CallForHelp


def register() -> None:
    compaction.register("requests", lambda: compaction.sealed_models("intake"), _erased_since)


def _erased_since(moment: datetime) -> bool:
    return CallForHelp.objects.filter(erased_at__gt=moment).exists()
