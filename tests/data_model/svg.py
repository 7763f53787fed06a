"""Draw tables as SVG: boxes in columns, a table to the right of those it refers to; readable in light and dark."""

from collections.abc import Iterator
from xml.sax.saxutils import escape

from .describe import Table

ROW, HEAD = 17, 26  # heights
WIDTH, GUTTER, MARGIN, GAP = 290, 70, 12, 22
MAX_HEIGHT = 1100  # a taller column continues in the next one
MARKS = {
    "S": "sealed to the center's key",
    "E": "encrypted with SECRET_KEY",
    "D": "keyed digest or public key",
    "R": "readable text",
}
STYLE = """
  svg { background: var(--page); --page: #fff; --ink: #1d2a30; --soft: #55636a; --line: #9aa7ad; --box: #f5f7f8;
        --head: #dfe8ec; --sealed: #1b6b4a; --encrypted: #5a4a9c; --digest: #8a5a00; --readable: #a12a1b;
        font: 12px system-ui, sans-serif; }
  @media (prefers-color-scheme: dark) {
    svg { --page: #12191d; --ink: #e8eef0; --soft: #a9b6bc; --line: #5d6b72; --box: #1b252a; --head: #263640;
          --sealed: #6fd3a4; --encrypted: #b6a8f5; --digest: #e6b455; --readable: #ff9c8c; } }
  text { fill: var(--ink); } .type, .key { fill: var(--soft); } .type { text-anchor: end; }
  .name { font-weight: 600; font-size: 13px; } .badge { fill: var(--soft); text-anchor: end; font-style: italic; }
  rect { fill: var(--box); stroke: var(--line); } rect.head { fill: var(--head); }
  path { fill: none; stroke: var(--line); stroke-width: 1.4; } circle { fill: var(--line); }
  .S { fill: var(--sealed); } .E { fill: var(--encrypted); } .D { fill: var(--digest); } .R { fill: var(--readable); }
  .mark { font-weight: 700; }
""".strip("\n")


def draw(title: str, tables: list[Table]) -> str:
    """Draw the whole picture. The same tables always give the same text."""
    places = _places(tables)
    width = max(x for x, _ in places.values()) + WIDTH + MARGIN
    bottom = max(places[table.name][1] + _height(table) for table in tables)
    height = bottom + MARGIN + ROW * len(MARKS) + 14
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}"'
        f' role="img" aria-label="{escape(title)}">',
        f"<title>{escape(title)}</title>",
        f"<style>\n{STYLE}\n</style>",
        *_relations(tables, places),
        *(line for table in tables for line in _box(table, *places[table.name])),
        *_legend(bottom + MARGIN + 14),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _depths(tables: list[Table]) -> dict[str, int]:
    """How far right each table goes: one further than the tables it refers to. Cycles are cut where they repeat."""
    targets = {table.name: [column.target for column in table.columns if column.target] for table in tables}

    def depth(name: str, seen: tuple[str, ...]) -> int:
        following = [target for target in targets[name] if target not in seen]
        return 1 + max((depth(target, (*seen, target)) for target in following), default=-1)

    return {name: depth(name, (name,)) for name in targets}


def _places(tables: list[Table]) -> dict[str, tuple[int, int]]:
    depths, places, x = _depths(tables), {}, MARGIN
    for depth in sorted(set(depths.values())):
        y = MARGIN
        for table in (table for table in tables if depths[table.name] == depth):
            if y > MARGIN and y + _height(table) > MAX_HEIGHT:
                x, y = x + WIDTH + GUTTER, MARGIN
            places[table.name] = x, y
            y += _height(table) + GAP
        x += WIDTH + GUTTER
    return places


def _height(table: Table) -> int:
    return HEAD + ROW * len(table.columns) + 8


def _box(table: Table, x: int, y: int) -> Iterator[str]:
    yield f'<rect x="{x}" y="{y}" width="{WIDTH}" height="{_height(table)}" rx="5"/>'
    yield f'<rect class="head" x="{x}" y="{y}" width="{WIDTH}" height="{HEAD}" rx="5"/>'
    yield f'<text class="name" x="{x + 10}" y="{y + 18}">{escape(table.name)}</text>'
    if table.badge:
        yield f'<text class="badge" x="{x + WIDTH - 10}" y="{y + 18}">{escape(table.badge)}</text>'
    for number, column in enumerate(table.columns):
        line = y + HEAD + ROW * (number + 1)
        if column.mark:
            yield f'<text class="mark {column.mark}" x="{x + 9}" y="{line}">{column.mark}</text>'
        yield f'<text x="{x + 25}" y="{line}">{escape(column.name)}</text>'
        yield f'<text class="type" x="{x + WIDTH - 10}" y="{line}">{escape(column.type)}</text>'


def _relations(tables: list[Table], places: dict[str, tuple[int, int]]) -> Iterator[str]:
    """A curve from the column of a foreign key to the head of the table it refers to."""
    for table in tables:
        x, y = places[table.name]
        for number, column in enumerate(table.columns):
            if not column.target:
                continue
            target_x, target_y = places[column.target]
            line, head = y + HEAD + ROW * (number + 1) - 4, target_y + HEAD // 2
            start, end, bend = (x, target_x + WIDTH, -GUTTER) if target_x < x else (x + WIDTH, target_x, GUTTER)
            if target_x == x:
                start = end = x + WIDTH
            end_bend = bend if target_x == x else -bend
            yield f'<path d="M{start} {line}C{start + bend} {line} {end + end_bend} {head} {end} {head}"/>'
            yield f'<circle cx="{end}" cy="{head}" r="3.5"/>'


def _legend(top: int) -> Iterator[str]:
    for number, (mark, meaning) in enumerate(MARKS.items()):
        line = top + ROW * number
        yield f'<text class="mark {mark}" x="{MARGIN + 9}" y="{line}">{mark}</text>'
        yield f'<text class="key" x="{MARGIN + 25}" y="{line}">{escape(meaning)}</text>'
