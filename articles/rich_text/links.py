"""Addresses of links as they are stored: without the services that mail and search programs put before them.

Such a service learns who follows a link from a page about addiction, and it stops working one day.
"""

import base64
import binascii
import re
from urllib.parse import parse_qs, unquote, urlsplit

from detoxsite.core.root_addresses import without_own_host

# host, path, and the parameters one of which holds the real address
_WRAPPERS = [
    (re.compile(host), re.compile(path), names)
    for host, path, names in (
        (r"(?:[\w-]+\.)*safelinks\.protection\.(?:outlook|office365)\.(?:com|us|cn)", r"/", ("url",)),
        (r"statics\.teams\.cdn\.office\.net", r"/.*safelinks", ("url",)),
        (r"(?:www\.)?google\.[a-z]{2,3}(?:\.[a-z]{2})?", r"/url$", ("q", "url")),
        (r"(?:www\.|m\.)?youtube\.com", r"/redirect$", ("q",)),
        (
            r"(?:l|lm)\.(?:facebook|messenger|instagram)\.com|(?:www\.)?facebook\.com",
            r"/(?:l\.php|flx/warn/?)?$",
            ("u",),
        ),
        (r"(?:www\.)?linkedin\.com", r"/(?:redir/redirect|safety/go)/?$", ("url",)),
        (r"out\.reddit\.com|slack-redir\.net", r"/", ("url",)),
        (r"duckduckgo\.com", r"/l/?$", ("uddg",)),
        (r"deref-(?:web|gmx)\.[a-z]{2,3}|deref-mail\.com", r"/", ("redirectUrl",)),
        (r"urldefense\.proofpoint\.com", r"/v1/url", ("u",)),
        (r"linkprotect\.cudasvc\.com", r"/url", ("a",)),
    )
]
_PROOFPOINT_2 = re.compile(r"https://urldefense\.(?:proofpoint\.)?com/v2/url\?(?:.*&)?u=([^&]+)")
_PROOFPOINT_3 = re.compile(r"https://urldefense\.(?:proofpoint\.)?(?:com|us)/v3/__(.+?)__;([\w-]*={0,2})!")
_PROOFPOINT_RUN = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"  # lengths from 2
_AMP = re.compile(r"https://(?:www\.google\.[a-z.]{2,6}/amp|[\w-]+\.cdn\.ampproject\.org/[cv])/(s/)?(.+)")
_CISCO = re.compile(r"https://secure-web\.cisco\.com/[^/]+/(https?(?::|%3A).+)", re.IGNORECASE)
# shorteners and trackers of mailings: only they know the real address
_OPAQUE = re.compile(
    r"https?://(?:[\w-]+\.)*(?:bit\.ly|tinyurl\.com|t\.co|goo\.gl|ow\.ly|buff\.ly|lnkd\.in|rb\.gy|is\.gd|trib\.al"
    r"|dlvr\.it|fb\.me|lnks\.gd|list-manage\.com|mailchi\.mp|hubspotlinks\.com|sendgrid\.net|mandrillapp\.com|rs6\.net"
    r"|pstmrk\.it|exacttarget\.com|mimecast\.com|mimecastprotect\.com|urldefense\.com|urldefense\.us|urldefense\.proofpoint\.com"
    r"|safelinks\.protection\.outlook\.com|secure-web\.cisco\.com|linkprotect\.cudasvc\.com|protect\.checkpoint\.com"
    r"|trendmicro\.com/wis/clicktime)(?=[:/?#]|$)",
    re.IGNORECASE,
)
# where Word, Google Docs and others keep footnotes, comments, headings and the table of contents
_LEFT_BEHIND = re.compile(r"#(?:_|ftnt|cmnt|h\.|heading=|bookmark=|id\.|fn|endnote|footnote)")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)
_HOST = re.compile(
    r"(?:www\.[\w-]+|[\w-]+(?:\.[\w-]+)*\.(?:com|edu|gov|net|org))(?:\.[\w-]+)*(?:[/?#]|$)", re.IGNORECASE
)
_EMAIL = re.compile(r"[\w.+-]{1,64}@[\w-]+(?:\.[\w-]+)+$")
MAX_WRAPPERS = 5  # one around the other


def tidy(address: str) -> str | None:
    """The address as it is stored, or None where it leads nowhere.

    An address without a scheme that begins with a host or is an email gets its scheme, since it was typed so. Of one on
    this site the path is left: what links to a page is then known, and a link that leads nowhere is found.
    """
    address = _CONTROL.sub("", address).strip()
    if address[:2] in {"//", "/\\", "\\\\", "\\/"} or _LEFT_BEHIND.match(address):
        return None
    if not _SCHEME.match(address):
        if _HOST.match(address):
            address = f"https://{address}"
        elif _EMAIL.match(address):
            address = f"mailto:{address}"
    for _ in range(MAX_WRAPPERS):
        inner = _unwrap(address)
        if not inner or not re.match("https?://[^/]", inner, re.IGNORECASE):
            break
        address = _CONTROL.sub("", inner).strip()
    return without_own_host(address)


def is_wrapped(address: str) -> bool:
    """Whether a service that watches or shortens links stands before the real address."""
    return bool(_OPAQUE.match(address))


def is_incomplete(address: str) -> bool:
    """Whether the address is neither a whole one nor a path of this site."""
    return not _SCHEME.match(address) and not address.startswith(("/", "#"))


def _unwrap(address: str) -> str | None:
    """The address inside, or None."""
    if match := _PROOFPOINT_2.match(address):
        return unquote(match[1].replace("-", "%").replace("_", "/"))
    if match := _PROOFPOINT_3.match(address):
        return _proofpoint_3(match[1], match[2])
    if match := _AMP.match(address):
        return f"http{'s' if match[1] else ''}://{match[2]}"
    if match := _CISCO.match(address):
        return unquote(match[1])
    if "?" not in address:
        return None
    try:
        parts = urlsplit(address)
        fields = parse_qs(parts.query)
    except ValueError:
        return None
    for host, path, names in _WRAPPERS:
        if host.fullmatch(parts.hostname or "") and path.match(parts.path or "/"):
            return next((fields[name][0] for name in names if name in fields), None)
    return None


def _proofpoint_3(address: str, encoded: str) -> str | None:
    """Stars stand for characters that are given in base64; "**" and a letter for a run of them."""
    try:
        replaced = iter(base64.urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4)).decode())
    except (binascii.Error, UnicodeDecodeError):
        return None

    def restore(stars: re.Match) -> str:
        length = _PROOFPOINT_RUN.index(stars[1]) + 2 if stars[1] else 1
        return "".join(next(replaced, "") for _ in range(length))

    address = re.sub(r"\*(?:\*([\w-]))?", restore, address, flags=re.ASCII)
    return re.sub(r"^(https?:/)(?=[^/])", r"\1/", address)
