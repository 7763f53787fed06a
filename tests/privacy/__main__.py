"""Write the tables of docs/privacy.md, or with --check say if they are out of date."""

import os
import sys
from pathlib import Path

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "privacy.md"
BEGIN, END = "<!-- begin: script/privacy -->\n", "<!-- end: script/privacy -->\n"


def with_tables(text: str) -> str:
    """The text of the document, with what is kept now between the two marks."""
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}{_tables()}{END}{after}"


def _tables() -> str:
    from detoxsite.pages import kept_data

    return "\n".join(_table(about, rows) for about, rows in kept_data.tables())


def _table(about, rows) -> str:
    lines = [f"### {about.value}", "", "| what | where | why | how long |", "|---|---|---|---|"]
    lines += [f"| {_first_upper(row.what)} | {row.where} | {row.why} | {_first_upper(row.how_long)} |" for row in rows]
    return "\n".join([*lines, ""])


def _first_upper(text: str) -> str:
    return text[0].upper() + text[1:]


def main() -> int:
    text = DOCUMENT.read_text()
    if with_tables(text) == text:
        return 0
    if "--check" in sys.argv:
        sys.stdout.write(f"{DOCUMENT.name} is out of date\n")
        return 1
    DOCUMENT.write_text(with_tables(text))
    sys.stdout.write(f"{DOCUMENT.name} written\n")
    return 0


if __name__ == "__main__":
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    django.setup()
    sys.exit(main())
