"""The decorator by which a view opts in, and what the cache has to know of it before it runs."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial, wraps
from urllib.parse import urlencode

from django.http import QueryDict

from ..http_cache import cache_public_page
from .holes import RECORDING


@dataclass(frozen=True)
class Policy:
    """The areas that a page shows, the parameters of its query string that matter, in order, and ``except_cookie``."""

    areas: tuple[str, ...]
    parameters: tuple[str, ...]
    except_cookie: str = ""

    def canonical_query(self, query: QueryDict) -> str:
        """The query string without what does not matter: parameters that are not ours, repeated ones, their order."""
        return urlencode([(name, query[name]) for name in self.parameters if name in query])


def finished_page(*areas: str, query: tuple[str, ...] = (), except_cookie: str = "") -> Callable:
    """Decorator: keep the page of a GET until one of its ``areas`` changes; ``query``: parameters that matter.

    The view gets no others, and no cookie and no header of the visitor while its page is rendered to be kept. What
    differs for each visitor is a ``hole``. Only a 200 that sets no cookie is kept. Unless the view says otherwise, its
    answer may be cached by proxies too, briefly.

    ``except_cookie``: a visitor who sends a cookie of this name is answered by the view itself, which sees the cookie.
    The answer is kept nowhere here; the view says the same to browsers and proxies (``http_cache.cache_nowhere``).
    """
    policy = Policy(areas, tuple(query), except_cookie)

    def decorate(view):
        @wraps(view)
        def wrapped(request, *args, **kwargs):
            if request.method not in ("GET", "HEAD"):
                return view(request, *args, **kwargs)
            recording = request.META.get(RECORDING)
            if recording and recording.outcome:
                return recording.take_outcome()
            request.GET = QueryDict(policy.canonical_query(request.GET))
            response = view(request, *args, **kwargs)
            finish = partial(_finish, recording)
            if hasattr(response, "add_post_render_callback"):
                response.add_post_render_callback(finish)
            else:
                finish(response)
            return response

        wrapped.finished_page = policy
        return wrapped

    return decorate


def _finish(recording, response) -> None:
    if response.status_code != 200:
        return
    if "Cache-Control" not in response.headers:
        cache_public_page(response)
    if "private" not in response.headers["Cache-Control"] and not response.streaming:
        response.headers.setdefault("ETag", etag_of(response.content))
    if recording:
        recording.is_finished = True


def etag_of(content: bytes) -> str:
    """A weak tag, since the same page goes out in several encodings."""
    return f'W/"{hashlib.blake2b(content, digest_size=12).hexdigest()}"'
