"""A table typed cell by cell and pasted from a spreadsheet, and how it reads on a phone."""

from datetime import date

import pytest
from playwright.sync_api import expect

from articles.models import Article, CenterFact, CenterFacts, Column, Comparison, Kind, blocks_of
from tests.browser.test_admin import open_draft, save
from tests.browser.test_editor import BLOCK, PLUS, add_block
from tests.factories import make_draft, make_page

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

CELLS = "Level\tNights\nDetox\tWith us"
PASTE = """(cell, text) => {
  const clipboardData = new DataTransfer();
  clipboardData.setData("text/plain", text);
  cell.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
}"""


def cell(table, row, column):
    return table.locator("tr").nth(row).locator("input").nth(column)


def test_a_table_is_typed_and_pasted_cell_by_cell(visitor, house):
    draft = make_draft(
        article=Article.objects.create(kind=Kind.HOUSE, slug="levels"),
        blocks=[Comparison(title="Levels", cells=CELLS, ordering=20)],
        created_by=house["editor"],
    )
    editor = visitor()
    editor.sign_in(house["editor"])
    page = open_draft(editor, draft)
    tables = page.locator(f"{BLOCK} .grid-input")
    expect(cell(tables.first, 1, 1)).to_have_value("With us")
    expect(page.locator(f"{BLOCK} textarea[data-grid]")).to_be_hidden()

    cell(tables.first, 2, 0).fill("Day program")  # the row that is always one more
    cell(tables.first, 2, 1).fill("At home")
    add_block(page, page.locator(PLUS).nth(1), "Table")
    expect(tables).to_have_count(2)
    added = page.locator(BLOCK).filter(has=page.locator("[id*='comparison_set-1']"))
    added.get_by_label("Title").fill("Prices")
    cell(added, 0, 0).evaluate(PASTE, 'What\tPrice\r\nA day\t"all\nincluded, $780"\r\n')
    expect(cell(added, 1, 1)).to_have_value("all included, $780")
    save(page)

    stored = {block.title: block.cells for block in blocks_of(draft) if isinstance(block, Comparison)}
    assert stored == {
        "Levels": f"{CELLS}\nDay program\tAt home",
        "Prices": "What\tPrice\nA day\tall included, $780",
    }


def test_on_a_phone_each_row_of_a_table_is_a_list(visitor, house):
    blocks = [
        Comparison(title="Levels", cells=CELLS, own_row=1, is_coverage=True, checked_on=date(2026, 11, 2), ordering=20),
        *(Column(icon="waves", title=f"Column {n}", body="<p>Text.</p>", ordering=30 + n) for n in range(3)),
        CenterFacts(title="Plans", group="insurer", ordering=40),
    ]
    CenterFact.objects.create(group="insurer", name="A plan", value="In network")
    make_page("levels", blocks=blocks)
    reader = visitor()
    page, label = reader.page, reader.page.locator("td .lab")

    page.set_viewport_size({"width": 320, "height": 568})
    reader.open("/levels/")  # nothing scrolls sideways
    expect(label).to_be_visible()
    page.set_viewport_size({"width": 1000, "height": 800})
    expect(label).to_be_hidden()
    reader.check()
