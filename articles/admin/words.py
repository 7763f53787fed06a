"""Words typed into the desk's search box, as a query of PostgreSQL's full-text search."""

import re


def prefix_query(typed: str) -> str | None:
    """All words, each also as the beginning of a longer one. None where nothing can be searched for."""
    words = re.findall(r"[^\W_]+", typed)[:12]
    return " & ".join(f"{word}:*" for word in words) or None
