"""Models of the ground floor: staff accounts, the site profile, consent texts, job runs, rate counts, key checks,
resets of a second factor, the access log, redirects."""

from .access_log import SealedAccess
from .consent_texts import ConsentEntry, ConsentText, Purpose, hash_of
from .job_runs import JobRun, WorkerHeartbeat
from .key_checks import KeyCheck
from .public_changes import PublicChange
from .rate_counts import RateCount
from .redirects import Redirect, RedirectHits, VainAddress
from .second_factor_resets import SecondFactorReset
from .site_profile import SiteProfile
from .users import User

__all__ = [
    "ConsentEntry",
    "ConsentText",
    "JobRun",
    "KeyCheck",
    "PublicChange",
    "Purpose",
    "RateCount",
    "Redirect",
    "RedirectHits",
    "SealedAccess",
    "SecondFactorReset",
    "SiteProfile",
    "User",
    "VainAddress",
    "WorkerHeartbeat",
    "hash_of",
]
