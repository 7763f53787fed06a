"""Redirects: old addresses that lead to new ones (docs/decisions/0042-redirects.md).

Whatever moves a page calls ``moved``. Readers are sent on by ``middleware``, only where no page answers.
"""

from .store import moved, paths_to, target_of, targets_of

__all__ = ["moved", "paths_to", "target_of", "targets_of"]
