"""Reconciliation: every acknowledged call for help is stored, was alerted and was claimed.

The worker runs it every few minutes and saves the result beside the journal; ``/readyz`` is red while a request is
missing, or while the last result is old. By hand: ``manage.py reconcile``.
"""

import json
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, time, timedelta

from django.conf import settings
from django.utils import timezone

from detoxsite.core.encryption import sealing

from ..models import (
    CLAIM_TIMEOUT,
    REVIEW_CHANNELS,
    AnswersRevision,
    CallForHelp,
    Status,
)
from ..reception import journal, spool

LOOKBACK = timedelta(days=30)
GRACE = timedelta(seconds=30)  # a request acknowledged just now may still be on its way
MAX_ALERT_DELAY = timedelta(minutes=2)
MAX_ALERT_DELAY_IN_QUARANTINE = timedelta(minutes=32)
MAX_CLAIM_DELAY = timedelta(minutes=20)  # the whole ladder, and time to act on it
FAULTS = {  # lists of a Reconciliation
    "missing": "acknowledged but not stored",
    "waiting": "on the disk, not in the database yet",
    "unalerted": "stored, but no one was alerted",
    "unclaimed": "alerted, but no one claimed it",
    "broken": "a file that cannot be read",
    "unreadable": "sealed to a key that is not held here",
}
KEYS_CHECKED = 20  # newest requests whose sealing key is checked
RESULT_LIFE = timedelta(minutes=10)  # how long a result is valid


@dataclass
class Reconciliation:
    """The result. Each list of references has to be empty, and ``gaps``, which counts lines by journal, too."""

    at: str
    acknowledged: int = 0
    stored: int = 0
    missing: list[str] = field(default_factory=list)  # acknowledged, and neither in the database nor on the disk
    waiting: list[str] = field(default_factory=list)  # on the disk for too long
    unalerted: list[str] = field(default_factory=list)  # stored, and no one was alerted
    unclaimed: list[str] = field(default_factory=list)  # alerted, and no one claimed it
    broken: list[str] = field(default_factory=list)  # files that cannot be read
    unreadable: list[str] = field(default_factory=list)  # stored, and sealed to a key that is not held here
    gaps: dict[str, int] = field(default_factory=dict)  # lines of the journal that are torn or were never written
    journal_begins: str = ""  # the day of the first line on this machine; "": there is none
    before_journal: int = 0  # stored requests that are older than it: of that time the journal proves nothing
    restores: list[list[str]] = field(default_factory=list)  # moments of restores, and until when the backups reached

    @property
    def has_all(self) -> bool:
        """Whether nothing that is known of is missing."""
        return not any(getattr(self, name) for name in FAULTS)

    @property
    def is_complete(self) -> bool:
        """Whether that is proof, too: a gap may hide a request that nobody knows of, and no time heals it."""
        return self.has_all and not self.gaps and not self.before_journal

    def faults(self):
        """Yield (fault, references)."""
        for name, fault in FAULTS.items():
            if references := getattr(self, name):
                yield fault, references

    def unknowns(self):
        """Yield sentences about what nobody can know from here."""
        if self.before_journal:
            begins = f"begins on {self.journal_begins}" if self.journal_begins else "has no line"
            yield (
                f"The journal on this machine {begins}, and {self.before_journal} stored requests are older: whether "
                "others were acknowledged before cannot be known."
            )
        for at, until in self.restores:
            yield f"Restored at {at} from a backup until {until}: what was acknowledged between cannot be known."
        if self.gaps:
            lines = ", ".join(f"{name}: {count} torn or unwritten" for name, count in sorted(self.gaps.items()))
            yield f"The journal lacks {sum(self.gaps.values())} lines, so it is no proof of the others ({lines})."


def reconcile(now: datetime | None = None) -> Reconciliation:
    """Compare the journal of acknowledgments with what is stored. Raises DatabaseError if the database is away."""
    now = now or timezone.now()
    noted = journal.read(now - LOOKBACK)
    acknowledged = {(reference, fingerprint): at for at, reference, fingerprint in noted.acknowledgments}
    on_disk = {(call.reference, bytes(call.fingerprint).hex()): call.created_at for call in _on_disk()}
    real = CallForHelp.objects.real().filter(is_sample=False)
    stored, erased = _stored(real, {reference for reference, _ in acknowledged})
    unclaimed = real.unclaimed(now)
    missing = {
        sent[0]
        for sent, at in acknowledged.items()
        if at < now - GRACE and sent not in stored and sent not in on_disk and sent[0] not in erased
    }
    return Reconciliation(
        at=now.isoformat(),
        acknowledged=len({reference for reference, _ in acknowledged}),
        stored=len({reference for reference, _ in stored} | erased),
        missing=sorted(missing),
        waiting=sorted({reference for (reference, _), at in on_disk.items() if at < now - MAX_ALERT_DELAY}),
        unalerted=_references(
            unclaimed.filter(notified_at=None, is_quarantined=False, stored_at__lt=now - MAX_ALERT_DELAY)
            | unclaimed.filter(notified_at=None, is_quarantined=True, stored_at__lt=now - MAX_ALERT_DELAY_IN_QUARANTINE)
        ),
        unclaimed=_references(
            unclaimed.filter(status=Status.NEW, notified_at__lt=now - MAX_CLAIM_DELAY)
            | unclaimed.filter(status=Status.CALLING, claimed_at__lt=now - CLAIM_TIMEOUT - MAX_CLAIM_DELAY)
        ),
        broken=[path.name for path in spool.broken_files()],
        unreadable=_unreadable(real),
        gaps=dict(noted.gaps),
        restores=[[restore.at.isoformat(), restore.backup_until.isoformat()] for restore in noted.restores],
        **_before_journal(real, now),
    )


def _before_journal(real, now: datetime) -> dict:
    """When the journal begins, and how many requests are older. Those out of reviews are never in it."""
    begins = journal.begins_on()
    end = datetime.combine(begins, time.min, UTC) if begins else now - GRACE
    older = real.filter(created_at__gte=now - LOOKBACK, created_at__lt=end, stored_at__lt=end)
    count = older.exclude(channel__in=REVIEW_CHANNELS).count()
    return {"journal_begins": str(begins or ""), "before_journal": count}


def _stored(real, references: set[str]) -> tuple[set[tuple[str, str]], set[str]]:
    """Return (reference, fingerprint) of every stored version of these requests, and the erased references."""
    rows = real.filter(reference__in=references)
    first = rows.values_list("reference", "fingerprint")
    revisions = AnswersRevision.objects.filter(call__in=rows).values_list("call__reference", "fingerprint")
    erased = rows.exclude(erased_at=None).values_list("reference", flat=True)
    return {(reference, bytes(fingerprint).hex()) for reference, fingerprint in [*first, *revisions]}, set(erased)


def _unreadable(real) -> list[str]:
    """Return the newest open requests that no key held here opens: a wrong public key would show here first."""
    if not sealing.holds_private_key():
        return []
    newest = real.open().exclude(sealed=b"").order_by("-stored_at")[:KEYS_CHECKED]
    return sorted(call.reference for call in newest if not sealing.holds_key_for(call.sealed))


def _references(calls) -> list[str]:
    return sorted(calls.values_list("reference", flat=True))


def is_left_on_disk(now: datetime | None = None) -> bool:
    """Whether a request has been on this machine's disk for too long: nobody imports it. Asks no database."""
    oldest = next(iter(spool.pending_files()), None)
    try:
        written = oldest and datetime.fromtimestamp(oldest.stat().st_mtime, UTC)
    except OSError:  # stored since
        return False
    return bool(written and written < (now or timezone.now()) - MAX_ALERT_DELAY)


def _on_disk():
    for path in spool.pending_files():
        try:
            yield spool.read(path)[0]
        except (OSError, spool.BrokenFile):  # stored since, or handled by the spool import
            continue


# --- kept for /readyz ------------------------------------------------------------------------------------------------


def _file():
    return settings.VAR / "calls" / "reconciliation.json"


def save_result(result: Reconciliation) -> None:
    _file().parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    new = _file().with_suffix(".new")
    new.write_text(json.dumps(asdict(result)))
    new.rename(_file())


def saved_result(now: datetime | None = None) -> Reconciliation | None:
    """The last result, or None if there is none within RESULT_LIFE."""
    try:
        result = Reconciliation(**json.loads(_file().read_text()))
    except (OSError, ValueError, TypeError):
        return None
    return result if abs((now or timezone.now()) - datetime.fromisoformat(result.at)) < RESULT_LIFE else None
