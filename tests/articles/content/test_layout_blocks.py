"""Columns and tables: how they are rendered, compared, checked and marked."""

import re
from datetime import date

import pytest
from django.core.exceptions import ValidationError

from articles import editorial_gate, services
from articles.content import edition_snapshot
from articles.content.marks import Words, mark_blocks
from articles.models import Article, Column, Comparison, Kind, Text, blocks_of
from tests.factories import make_draft, make_page, make_user

from .test_page_blocks import page_with, prose_of

pytestmark = pytest.mark.django_db

CELLS = "What\tMaineCare\tPrivate plan\nThe stay\tCovered [1]\tAfter <your> deductible\nA ride\tIf booked\tRarely"
ASAM = "Level\tNights\nHospital\tThere\nDetox here\tWith us"


def test_columns_in_a_row_are_beside_each_other(client):
    page = page_with(
        Column(icon="waves", title="We treat withdrawal", body="<p>Day and night.</p>"),
        Column(title="We plan with you", body="<p>The next step.</p>"),
        Text(body="<p>And so on.</p>"),
        Column(title="Alone", body="<p>In a row of its own.</p>"),
    )

    prose = " ".join(prose_of(client, page).split())

    assert len(re.findall('<div class="split three">', prose)) == 2
    first = re.search(r'<div class="split three">(.*?)</div> </div>', prose)[1]
    assert re.search(r"#waves.*<h3>We treat withdrawal</h3><p>Day and night\.</p></div>.*<h3>We plan with you", first)
    assert first.count("<svg") == 1
    assert "Alone" not in first


def test_a_table_says_its_columns_beside_each_cell_and_when_it_was_checked(client):
    page = page_with(
        Comparison(title="What is covered", cells=CELLS, is_coverage=True, checked_on=date(2026, 11, 2)), sources=1
    )

    prose = " ".join(prose_of(client, page).split())

    assert '<caption id="what-is-covered">What is covered</caption>' in prose
    assert len(re.findall(r'<th role="columnheader" scope="col">', prose)) == 3
    assert re.search(
        r'<th role="rowheader" scope="row">The stay</th>'
        r'<td role="cell"><span class="lab" aria-hidden="true">MaineCare</span><span>Covered <sup><a id="ref-1"',
        prose,
    )
    assert "After &lt;your&gt; deductible" in prose
    assert "The papers of your own plan count, not this page. Last checked <time" in prose
    assert ">November 2, 2026</time>." in prose
    assert "This is us" not in prose


def test_our_own_row_is_marked_in_words_too(client):
    prose = prose_of(client, page_with(Comparison(title="Levels", cells=ASAM, own_row=2)))

    assert re.search(r'class="ours"><th role="rowheader" scope="row">Detox here<small>This is us\.</small>', prose)
    assert prose.count("This is us") == 1
    assert "own plan" not in prose


def test_every_word_is_in_the_snapshot_the_comparison_and_the_search():
    page = page_with(
        Column(icon="waves", title="We treat withdrawal", body="<p>Day and night.</p>"),
        Comparison(title="Levels", cells=ASAM, own_row=2, is_coverage=True, checked_on=date(2026, 11, 2)),
    )

    lines = edition_snapshot.as_lines(edition_snapshot.from_edition(page))

    assert lines[5:] == [
        *("We treat withdrawal", "[Icon: waves]", "Day and night.", "Levels", "Level | Nights", "Hospital | There"),
        *("Detox here | With us", "[Our row: 2]", "[What plans cover]", "[Checked on 2026-11-02]"),
    ]
    assert services.is_as_signed(page)
    assert "Detox here With us" in page.text
    assert "Day and night." in page.text


def test_what_is_typed_makes_the_same_lines_as_what_is_stored():
    stored = Comparison(title="Levels", cells=ASAM, own_row=2, checked_on=date(2026, 11, 2))
    fields = {
        "articles_comparison_set-TOTAL_FORMS": "1",
        "articles_comparison_set-0-title": "Levels",
        "articles_comparison_set-0-cells": "Level\tNights\t\r\n\t\t\r\nHospital\t There\r\nDetox  here\tWith us\t\r\n",
        "articles_comparison_set-0-own_row": "2",
        "articles_comparison_set-0-checked_on": "2026-11-02",
    }

    typed = edition_snapshot.as_lines(edition_snapshot.from_form(fields))

    assert typed[3:] == edition_snapshot.as_lines(edition_snapshot.from_edition(page_with(stored)))[5:]


@pytest.mark.parametrize(
    "block",
    [
        Column(title="Stop", body="<p>Stop taking Xanax at home, alone.</p>"),
        Comparison(title="How", cells="What\tHow\nStopping\tStop taking Xanax at home, alone."),
    ],
)
def test_dangerous_advice_is_found(block):
    block.pk, block._state.adding, block.ordering = None, True, 20
    draft = make_draft("<p>Call us.</p>", article=Article.objects.create(kind=Kind.HOUSE, slug="stop"), blocks=[block])

    found = editorial_gate.check_edition(draft).red

    assert ("stop-alone", 1) in {(finding.code, finding.place) for finding in found}


def test_a_preview_marks_words_in_the_cells_of_a_table():
    blocks = [{"title": "T", "facts": [("The stay", "Covered", "Rarely"), ("A ride", "If booked", "Never")]}]

    mark_blocks(blocks, {0: [Words("f1", "red", "If booked", "If booked")]})

    assert [len(row) for row in blocks[0]["facts"]] == [3, 3]
    assert "<mark" in blocks[0]["facts"][1][1]


def test_blocks_are_copied_into_a_new_draft():
    page = page_with(Column(title="One", body="<p>Text.</p>"), Comparison(title="Levels", cells=ASAM, own_row=1))

    draft = services.start_draft(page.pk, by=make_user())

    [_, column, table] = blocks_of(draft)
    assert (column.title, table.cells, table.own_row) == ("One", ASAM, 1)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"own_row": 3}, "no row with this number"),
        ({"own_row": 0}, "no row with this number"),
        ({"is_coverage": True}, "say when somebody last checked"),
        ({"cells": "Only names\tof columns"}, "a row below them"),
        ({"cells": "A\nB"}, "two at least"),
        ({"cells": "A\tB\tC\tD\tE\tF\n1\t2\t3\t4\t5\t6"}, "There are 6 columns."),
        ({"cells": "A\tB" + "\n1\t2" * 13}, "There are 13 rows."),
        ({"cells": "A\tB\n1\t" + "x" * 161}, "Row 1 is longer than 160"),
        ({"cells": "A\t" + "x" * 25 + "\n1\t2"}, "The name of a column is longer than 24"),
        ({"cells": "A\tB\n\t2"}, "Row 1 has no name"),
        ({"cells": "A\t\n1\t2"}, "Column 2 has no name"),
    ],
)
def test_a_table_that_no_reader_could_read_is_refused_in_words(fields, message):
    table = Comparison(title="Levels", region="main", parent=make_draft(), **{"cells": ASAM, **fields})
    with pytest.raises(ValidationError, match=message):
        table.full_clean()


def test_a_page_without_these_blocks_has_no_shell(client):
    prose = prose_of(client, make_page())
    assert "three" not in prose
    assert "stack" not in prose


def test_the_caption_of_a_table_is_no_heading_that_others_are_below(client):
    blocks = [
        Comparison(title="Levels", cells=ASAM, ordering=20),
        Column(title="One", body="<p>Text.</p>", ordering=30),
    ]
    prose = prose_of(client, make_page(body="<p>Words.</p>", blocks=blocks))
    assert "<h2>One</h2>" in prose
