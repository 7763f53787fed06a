"""The proof that no call for help is lost: acknowledged = stored = alerted = picked up.

The worker runs it every few minutes and keeps what it found beside the journal; ``/readyz`` is red while something is
missing, or while nobody has looked for a while. By hand: ``manage.py reconcile``.
"""

import json
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone

from detoxsite.core.encryption import sealing

from ..models import (
    CLAIM_LAPSES,
    AnswersRevision,
    CallForHelp,
    Status,
)
from ..reception import spool

LOOK_BACK = timedelta(days=30)
IN_FLIGHT = timedelta(seconds=30)  # what was acknowledged just now may still be on its way
ALERTED_WITHIN = timedelta(minutes=2)
ALERTED_WITHIN_IN_QUARANTINE = timedelta(minutes=32)
PICKED_UP_WITHIN = timedelta(minutes=20)  # the whole ladder, and time to act on it
NEWEST = 20  # requests whose key is looked at
FRESH = timedelta(minutes=10)  # how long a result is worth something


@dataclass
class Proof:
    """What was found; each list has references, and all of them have to be empty."""

    at: str
    acknowledged: int = 0
    stored: int = 0
    missing: list[str] = field(default_factory=list)  # acknowledged, and neither in the database nor on the disk
    waiting: list[str] = field(default_factory=list)  # on the disk for longer than it should be
    untold: list[str] = field(default_factory=list)  # stored, and nobody was told
    alone: list[str] = field(default_factory=list)  # told, and nobody took it up
    broken: list[str] = field(default_factory=list)  # files that cannot be read
    unreadable: list[str] = field(default_factory=list)  # stored, and sealed to a key that nobody here holds

    @property
    def holds(self) -> bool:
        return not (self.missing or self.waiting or self.untold or self.alone or self.broken or self.unreadable)

    def faults(self):
        """Yields (what is wrong, references)."""
        for name, words in (
            ("missing", "acknowledged but not stored"),
            ("waiting", "on the disk, not in the database yet"),
            ("untold", "stored, but nobody was told"),
            ("alone", "told, but nobody took it up"),
            ("broken", "a file that cannot be read"),
            ("unreadable", "sealed to a key that is not held here"),
        ):
            if found := getattr(self, name):
                yield words, found


def reconcile(now: datetime | None = None) -> Proof:
    """Compare what people were told with what is there. Raises DatabaseError where the database does not answer."""
    now = now or timezone.now()
    told = {(reference, said): at for at, reference, said in spool.acknowledged(now - LOOK_BACK)}
    on_disk = {(call.reference, bytes(call.said).hex()): call.created_at for call in _on_disk()}
    real = CallForHelp.objects.real().filter(is_sample=False)
    stored, erased = _stored(real, {reference for reference, _ in told})
    alone = real.unclaimed(now)
    missing = {
        sent[0]
        for sent, at in told.items()
        if at < now - IN_FLIGHT and sent not in stored and sent not in on_disk and sent[0] not in erased
    }
    return Proof(
        at=now.isoformat(),
        acknowledged=len({reference for reference, _ in told}),
        stored=len({reference for reference, _ in stored} | erased),
        missing=sorted(missing),
        waiting=sorted({reference for (reference, _), at in on_disk.items() if at < now - ALERTED_WITHIN}),
        untold=_references(
            alone.filter(notified_at=None, is_quarantined=False, stored_at__lt=now - ALERTED_WITHIN)
            | alone.filter(notified_at=None, is_quarantined=True, stored_at__lt=now - ALERTED_WITHIN_IN_QUARANTINE)
        ),
        alone=_references(
            alone.filter(status=Status.NEW, notified_at__lt=now - PICKED_UP_WITHIN)
            | alone.filter(status=Status.CALLING, claimed_at__lt=now - CLAIM_LAPSES - PICKED_UP_WITHIN)
        ),
        broken=[path.name for path in spool.broken()],
        unreadable=_unreadable(real),
    )


def _stored(real, references: set[str]) -> tuple[set[tuple[str, str]], set[str]]:
    """What is in the database of these requests: (reference, fingerprint) of every version, and what was erased."""
    rows = real.filter(reference__in=references)
    first = rows.values_list("reference", "said")
    later = AnswersRevision.objects.filter(call__in=rows).values_list("call__reference", "said")
    erased = rows.exclude(erased_at=None).values_list("reference", flat=True)
    return {(reference, bytes(said).hex()) for reference, said in [*first, *later]}, set(erased)


def _unreadable(real) -> list[str]:
    """Of the newest open requests those that no key held here opens: a wrong public key would show here first."""
    if not sealing.holds_private_key():
        return []
    newest = real.open().exclude(sealed=b"").order_by("-stored_at")[:NEWEST]
    return sorted(call.reference for call in newest if not sealing.holds_key_for(call.sealed))


def _references(calls) -> list[str]:
    return sorted(calls.values_list("reference", flat=True))


def _on_disk():
    for path in spool.waiting():
        try:
            yield spool.read(path)[0]
        except (OSError, spool.Broken):  # stored meanwhile; or seen to by the drain
            continue


# --- kept for /readyz ------------------------------------------------------------------------------------------------


def _file():
    return settings.VAR / "calls" / "proof.json"


def keep(proof: Proof) -> None:
    _file().parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    new = _file().with_suffix(".new")
    new.write_text(json.dumps(asdict(proof)))
    new.rename(_file())


def kept(now: datetime | None = None) -> Proof | None:
    """The last proof, or None where there is none, or none that is fresh."""
    try:
        proof = Proof(**json.loads(_file().read_text()))
    except (OSError, ValueError, TypeError):
        return None
    return proof if abs((now or timezone.now()) - datetime.fromisoformat(proof.at)) < FRESH else None
