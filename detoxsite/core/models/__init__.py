"""Models of the ground floor: staff accounts, the site profile, consent texts."""

from .consent_texts import ConsentEntry, ConsentText, Purpose, hash_of
from .site_profile import SiteProfile
from .users import User

__all__ = ["ConsentEntry", "ConsentText", "Purpose", "SiteProfile", "User", "hash_of"]
