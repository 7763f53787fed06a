"""The normal form of addresses, by which an old one is found whichever way it is written."""

import re
import unicodedata
from urllib.parse import unquote, urlsplit

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.utils.encoding import uri_to_iri

from ..http_cache import PERSONAL_PATHS
from ..models.redirects import MAX_PATH, MAX_TARGET
from ..plain_text import tidy
from ..root_addresses import without_own_host

RESERVED = (*PERSONAL_PATHS, "/static/", "/media/", "/healthz", "/readyz", "/.well-known/")
_RESERVED_STARTS = tuple(f"{each.rstrip('/')}/" for each in RESERVED)
_SLASHES = re.compile("//+")
_ON_SITE = re.compile(r"/(?:(?!\.{1,2}(?:[/?#]|$))[^/\\\s%?#]+(?:/|(?=[?#]|$)))*(?:[?#][^\s\\]*)?")
_is_https = URLValidator(schemes=["https"])


def is_reserved(path: str) -> bool:
    """Whether a path is the site's own: nothing redirects from there, and what is below it concerns nobody else."""
    return f"{path.rstrip('/')}/".startswith(_RESERVED_STARTS)


def normal_path(path: str) -> str:
    """A decoded path as in ``Redirect.path``: NFC, single slashes, none at the end; "" for the home page."""
    return _SLASHES.sub("/", unicodedata.normalize("NFC", path)).rstrip("/")


def path_of(address: str) -> str:
    """The normal path of a decoded address on this site, which may have a query and a fragment."""
    return normal_path(address.partition("#")[0].partition("?")[0])


def clean_path(typed: str) -> str:
    """The normal form of an old address as staff type it: a path, or the whole address on whichever host.

    Raises ValidationError.
    """
    typed = tidy(typed).strip()
    if typed.lower().startswith(("http://", "https://")):
        typed = typed.partition("://")[2].partition("/")[2]
    elif not typed.startswith("/"):
        raise ValidationError("Begin with /, as in /about-us.")
    if "?" in typed or "#" in typed:
        raise ValidationError("Leave out “?” or “#” and what follows: only the address before it is compared.")
    path = normal_path(f"/{unquote(typed).lstrip('/')}")
    if not path:
        raise ValidationError("The home page always answers. It cannot redirect.")
    if not path.isprintable() or "?" in path or "#" in path or len(path) > MAX_PATH:
        raise ValidationError(f"This is no address of a page, or longer than {MAX_PATH} characters.")
    if is_reserved(path):
        raise ValidationError("The site itself uses this address. It cannot redirect.")
    return path


def clean_target(typed: str, *, may_be_outside: bool = False) -> str:
    """A new address: a path on this site with its query and fragment, or an https:// address elsewhere if allowed.

    The address of this site itself in front of a path is left out. Raises ValidationError.
    """
    target = uri_to_iri(tidy(typed).strip())
    if len(target) > MAX_TARGET:
        raise ValidationError(f"The new address is longer than {MAX_TARGET} characters.")
    if target.lower().startswith(("http://", "https://")):
        return _clean_whole(target, may_be_outside)
    if not _ON_SITE.fullmatch(target) or not target.isprintable():
        raise ValidationError("Begin with one /, as in /about/, without blanks.")
    return target


def _clean_whole(target: str, may_be_outside: bool) -> str:
    try:
        parts = urlsplit(target)
    except ValueError as exc:
        raise ValidationError("This is no address.") from exc
    if (path := without_own_host(target)) != target:
        return clean_target(path)
    if parts.scheme != "https":
        raise ValidationError("An address on another site has to begin with https://.")
    if not may_be_outside:
        raise ValidationError("This leads to another site. Say so if that is what you want.", code="outside")
    if "@" in parts.netloc or "\\" in target or not target.isprintable():
        raise ValidationError("This is no address.")
    _is_https(target)
    return f"https://{target.partition('://')[2]}"
