"""What the page "not found" offers: pages, articles and people close to the address, as readers can see them now.

They are kept in the process until something that readers see changes, so that an address costs microseconds and a
flood of addresses no query. A process that does not know what has changed offers none, and neither do others while one
thread reads them.
"""

import threading

from django.db import DatabaseError, InterfaceError
from django.urls import reverse

from articles.published.addresses import live_addresses
from detoxsite.core import db_timeout
from detoxsite.core.close_addresses import CloseAddresses, ClosePage
from detoxsite.core.http_cache import PERSONAL_PATHS
from detoxsite.core.page_cache import kept

TIMEOUT = 0.5  # seconds for the one query after a change
OF_THE_SITE = {  # addresses that are always there
    "intake:call": "Ask for help",
    "testimonials:list": "Reviews",
    "articles:list": "Articles",
    "privacy": "Privacy",
    "accessibility": "Accessibility",
}
NONE = CloseAddresses([])
_reading = threading.Lock()  # held for microseconds, but for the one thread that reads them after a change


def close_to(request) -> list[ClosePage]:
    """Up to three pages whose address or title is close to the address; none where the database does not answer."""
    path = request.path_info
    if request.method not in ("GET", "HEAD") or path.startswith(PERSONAL_PATHS):
        return []
    if not _reading.acquire(blocking=False):
        return []
    try:
        with db_timeout.time_limit(TIMEOUT, kind="close pages"):
            known = kept("close pages", ("articles", "center"), lambda: CloseAddresses(_pages()), unknown=NONE)
    except (DatabaseError, InterfaceError):
        return []
    finally:
        _reading.release()
    return known.find(path)


def _pages() -> list[ClosePage]:
    always = [(reverse(name), title) for name, title in OF_THE_SITE.items()]
    return [ClosePage(*found) for found in [*always, *live_addresses()]]
