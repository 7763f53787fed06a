"""Sources that articles cite already, by DOI, PMID or words, to cite them again. Nobody else is asked for them."""

import re

from django.db.models import Max, Q

from ..models import SOURCE_FIELDS, Source

MAX_FOUND = 12
MAX_WORDS = 8
MIN_TYPED = 3  # characters
FIELDS = [name for name in SOURCE_FIELDS if name not in ("position", "accessed_on")]
_DOI = re.compile(r"10\.\d{4,9}/[^\s\"<>]+")
_PMID = re.compile(r"(?:pmid:?\s*|pubmed\.ncbi\.nlm\.nih\.gov/)?(\d{4,9})/?", re.IGNORECASE | re.ASCII)


def find(typed: str) -> list[dict[str, str]]:
    """Different sources, each a dict of FIELDS, the latest cited first.

    ``typed``: a DOI or PMID, also inside an address or after its name; else words of authors, title or journal.
    """
    typed = typed.strip()
    if len(typed) < MIN_TYPED:
        return []
    rows = Source.objects.filter(_matching(typed)).order_by()
    latest = rows.values(*FIELDS).annotate(latest=Max("pk")).order_by("-latest")[:MAX_FOUND]
    return [{name: "" if row[name] is None else str(row[name]) for name in FIELDS} for row in latest]


def _matching(typed: str) -> Q:
    if doi := _DOI.search(typed):
        return Q(doi__iexact=doi[0].rstrip(".,;)"))
    if pmid := _PMID.fullmatch(typed):
        return Q(pmid=pmid[1])
    words = typed.split()[:MAX_WORDS]
    return Q(*(Q(authors__icontains=word) | Q(title__icontains=word) | Q(container__icontains=word) for word in words))
