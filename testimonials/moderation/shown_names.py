"""The first name of a name as its author typed it, for the line above a review."""

_TITLES = frozenset(["mr", "mrs", "ms", "miss", "mx", "dr", "rev", "sr", "sra", "prof"])


def first_name(name: str) -> str:
    """ "Mo" of "Mo Rivers", "Dr. Mo Rivers" and "Rivers, Mo"; the name itself where it is one word."""
    last, comma, rest = name.partition(",")
    words = rest.split() if comma and rest.strip() else last.split()
    while len(words) > 1 and words[0].rstrip(".").casefold() in _TITLES:
        words = words[1:]
    return words[0].strip(",;") if words else ""
