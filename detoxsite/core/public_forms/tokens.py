"""Signed, dated form tokens: CSRF protection without a cookie (docs/decisions/0008-forms-without-cookies.md).

Django's own protection needs a cookie, and a visitor gets none before they send something. These forms carry no
authority that a foreign page could borrow; what is kept out is other sites posting in a visitor's name. So the form
holds a token of ours, and the browser's word on where the request comes from is heard.
"""

import secrets
import time
from dataclasses import dataclass

from django.core import signing

TOKEN_FIELD = "csrfmiddlewaretoken"  # noqa: S105 the field's name, as in every other form of the site
TOKEN_LIFE = 12 * 60 * 60  # seconds; a page left open overnight still sends
_signer = signing.TimestampSigner(salt="detoxsite.core.public_forms.tokens")


@dataclass(frozen=True)
class Token:
    """The token a form carried back: its ``age`` in seconds, and the ``context`` it was made with."""

    age: float
    context: str


def new_token(context: str = "") -> str:
    return _signer.sign(f"{secrets.token_urlsafe(9)}~{context}")


def read_token(request) -> Token | None:
    """The token of a post, if it is ours and not too old, and the browser does not say that it comes from elsewhere."""
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in {"same-origin", "none"}:
        return None
    origin = request.headers.get("Origin", "null")
    if origin not in {"null", f"{request.scheme}://{request.get_host()}"}:
        return None
    sent = request.POST.get(TOKEN_FIELD, "")
    try:
        value = _signer.unsign(sent, max_age=TOKEN_LIFE)
        shown_at = signing.b62_decode(sent.split(_signer.sep)[-2])
    except (signing.BadSignature, ValueError, IndexError):
        return None
    return Token(age=time.time() - shown_at, context=value.partition("~")[2])
