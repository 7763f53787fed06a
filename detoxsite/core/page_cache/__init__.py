"""Finished pages of anonymous visitors, kept in each web process (docs/decisions/0026-page-cache.md).

A view opts in with ``finished_page`` and names the areas of public content it shows. A page is kept until one of its
areas changes, in any process or by hand in the database, or until the moment at which time itself changes it.
"""

from .areas import register_area, register_refresh
from .holes import hole, register_hole
from .policy import finished_page
from .statistics import statistics
from .values import kept
from .watcher import register_chore

__all__ = [
    "finished_page",
    "hole",
    "kept",
    "register_area",
    "register_chore",
    "register_hole",
    "register_refresh",
    "statistics",
]
