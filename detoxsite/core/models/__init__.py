"""Models of the ground floor: staff accounts, the site profile, consent texts, runs of jobs."""

from .consent_texts import ConsentEntry, ConsentText, Purpose, hash_of
from .job_runs import JobRun
from .site_profile import SiteProfile
from .users import User

__all__ = ["ConsentEntry", "ConsentText", "JobRun", "Purpose", "SiteProfile", "User", "hash_of"]
