"""When the last good backup was made, for /readyz and metrics. Below ``DETOX_VAR``: it is a fact of this machine."""

import json
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.utils import timezone


def _file() -> Path:
    return settings.VAR / "backup.json"


def save(received_until: datetime, size: int) -> None:
    new = _file().with_suffix(".new")
    new.write_text(json.dumps({"at": received_until.isoformat(), "size": size}))
    new.rename(_file())


def age(now: datetime | None = None) -> timedelta | None:
    """How old the last good backup of this machine is; None where there was none."""
    try:
        return (now or timezone.now()) - datetime.fromisoformat(json.loads(_file().read_text())["at"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
