"""Column maps: which column of a table holds which field. A map is TOML:

    source = "Yelp"              # the site's name
    date_format = "%m/%d/%Y"     # for strptime; without it: as dates.py reads them
    encoding = "cp1252"          # only if it is neither UTF-8 nor UTF-16
    [columns]
    id = "Review ID"
    words = "Text"
    stars = "Rating"
    name = "Author"
    date = "Date"
    changed = "Last edited"
    title = "Headline"
    approved = "State"           # "" for none, here as for any field

Without a map, or for what it leaves out, the headings of common exports are looked for: those of Trustpilot ("Review
Created (UTC)", "Review Content"), Elfsight ("reviewer_name", "published_at"), ReviewTrackers ("author", "content",
"published_at"), Strong Testimonials ("post_content", "client_name", "star_rating"), Site Reviews ("content",
"is_approved", "date_gmt") and Yelp ("review_id", "stars", "text") among them.
"""

import re
import tomllib
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from .dates import DateOrder, parse_date
from .records import MIN_DATE

COMMON_HEADINGS = {
    "id": ("review id", "id", "review uid", "uid", "external id", "post id"),
    "words": (
        *("review text", "text", "review", "comment", "review content", "review body", "post content", "content"),
        *("words", "body", "testimonial", "message", "review comment"),
    ),
    "title": ("review title", "title", "post title", "headline", "review headline"),
    "stars": ("rating", "stars", "star rating", "review rating", "review stars", "score"),
    "name": (
        *(
            "author",
            "name",
            "reviewer",
            "reviewer name",
            "author name",
            "display name",
            "user name",
            "user",
            "username",
        ),
        *(
            "username",
            "review username",
            "review user name",
            "client name",
            "customer name",
            "consumer name",
            "full name",
        ),
    ),
    "date": (
        *("date", "review date", "created", "created at", "create time", "date created", "published", "timestamp"),
        *("review created", "review created utc", "published at", "published on", "published date", "date published"),
        *("publish date", "post date", "posted", "posted at", "posted on", "reviewed at", "submitted", "submitted at"),
        *("date gmt", "post date gmt"),
    ),
    "changed": (
        "updated",
        "updated at",
        "update time",
        "last edited",
        "modified",
        "post modified",
        "review updated utc",
    ),
    "approved": (
        *("is approved", "approved", "approval status", "review status", "post status", "comment approved", "status"),
        *("moderation status", "publish status"),
    ),
    "reply": ("reply", "response", "owner reply", "owner response", "company reply", "company response"),
}
REQUIRED = {"words": "text", "date": "date"}  # field: its name in messages


class InvalidColumnMap(Exception):
    """The column map cannot be read, or does not fit the table. The message says what is wrong."""


@dataclass(frozen=True)
class ColumnMap:
    columns: dict[str, str] = field(default_factory=dict)
    source: str = ""
    date_format: str = ""
    encoding: str = ""

    @classmethod
    def read(cls, path: Path) -> "ColumnMap":
        """Raises InvalidColumnMap."""
        try:
            entries = tomllib.loads(path.read_text(encoding="utf-8-sig"))
        except (OSError, ValueError) as exc:
            raise InvalidColumnMap(f"The column map cannot be read: {type(exc).__name__}.") from None
        columns = entries.get("columns", {})
        if unknown := sorted(entries.keys() - {"columns", "source", "date_format", "encoding"}):
            raise InvalidColumnMap(f"The column map has an unknown entry: “{unknown[0]}”.")
        if not isinstance(columns, dict) or not columns.keys() <= COMMON_HEADINGS.keys():
            raise InvalidColumnMap(f"[columns] in the column map may only have {', '.join(COMMON_HEADINGS)}.")
        settings = [value for key, value in entries.items() if key != "columns"]
        if not all(isinstance(value, str) for value in [*columns.values(), *settings]):
            raise InvalidColumnMap("Every value in the column map must be in quotes.")
        try:
            "".encode(entries.get("encoding") or "utf-8")
            datetime.strptime(MIN_DATE.strftime(entries.get("date_format", "")), entries.get("date_format", ""))
        except LookupError:
            raise InvalidColumnMap("The encoding in the column map is unknown.") from None
        except (ValueError, re.error):
            raise InvalidColumnMap("The date_format in the column map cannot be used to read dates.") from None
        return cls(**entries)

    def parse_date(self, value: str, order: DateOrder) -> datetime:
        """Raises ValueError."""
        return datetime.strptime(value, self.date_format) if self.date_format else parse_date(value, order)

    def locate(self, heading: list[str]) -> dict[str, int]:
        """The cell of each field. Raises InvalidColumnMap, which quotes no heading: it may be a row."""
        cells = {}
        for number, cell in enumerate(heading):
            cells.setdefault(_normalize(cell), number)
        located: dict[str, int] = {}
        for name, common in sorted(COMMON_HEADINGS.items(), key=lambda entry: entry[0] not in self.columns):
            if self.columns.get(name) == "":
                continue
            if name in self.columns and _normalize(self.columns[name]) not in cells:
                raise InvalidColumnMap(f"The table has no column “{self.columns[name]}”, which the column map names.")
            headings = [_normalize(self.columns[name])] if name in self.columns else common
            matching = [cells[one] for one in headings if one in cells and cells[one] not in located.values()]
            if matching:
                located[name] = matching[0]
        if missing := [label for name, label in REQUIRED.items() if name not in located]:
            raise InvalidColumnMap(f"No column for the {missing[0]} was found. Name it in a column map (--map).")
        return located


def _normalize(heading: str) -> str:
    return " ".join(re.sub(r"[\W_]+", " ", re.sub(r"([a-z])([A-Z])", r"\1 \2", heading)).split()).casefold()


def is_utc(heading: str) -> bool:
    """Whether a heading says that its moments are in UTC: "Review Created (UTC)", "date_gmt"."""
    return _normalize(heading).endswith((" utc", " gmt"))
