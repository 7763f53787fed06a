"""Models of the ground floor: staff accounts, the site profile, consent texts, job runs, rate counts, key checks,
resets of a second factor, the access log and notices of its report, redirects, saved filters of lists."""

from .access_log import SealedAccess
from .access_report_notices import AccessReportNotice
from .consent_texts import ConsentEntry, ConsentText, Purpose, hash_of
from .job_runs import JobRun, WorkerHeartbeat
from .key_checks import KeyCheck
from .public_changes import PublicChange
from .rate_counts import RateCount
from .redirects import Redirect, RedirectHits, VainAddress
from .saved_filters import SavedFilter
from .second_factor_resets import SecondFactorReset
from .site_profile import SiteProfile
from .users import User

__all__ = [
    "AccessReportNotice",
    "ConsentEntry",
    "ConsentText",
    "JobRun",
    "KeyCheck",
    "PublicChange",
    "Purpose",
    "RateCount",
    "Redirect",
    "RedirectHits",
    "SavedFilter",
    "SealedAccess",
    "SecondFactorReset",
    "SiteProfile",
    "User",
    "VainAddress",
    "WorkerHeartbeat",
    "hash_of",
]
