"""Sources that are cited already, in the editor."""

import pytest
from playwright.sync_api import expect

from articles.models import Source
from tests.browser.test_admin import open_draft, save
from tests.browser.test_editor import slash, to_the_end
from tests.factories import make_draft

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_source_that_is_cited_elsewhere_fills_a_new_row(visitor, house):
    other = make_draft()
    Source.objects.create(edition=other, position=7, title="Managing withdrawal", container="JAMA", pmid="1234567")
    editor = visitor()
    editor.sign_in(house["editor"])
    page = open_draft(editor, make_draft(created_by=house["editor"], sources=1))

    page.get_by_label("Cite a source").fill("PMID 1234567")
    page.get_by_role("button", name="Managing withdrawal. JAMA").click()

    expect(page.get_by_text("Added as source 2.")).to_be_visible()
    expect(page.locator("[name=sources-1-title]")).to_have_value("Managing withdrawal")
    expect(page.locator("[name=sources-1-pmid]")).to_have_value("1234567")
    expect(page.locator("[name=sources-1-position]")).to_be_focused()


CITATIONS = {  # as they are pasted, and what the fields of the source hold then
    "Bayard M, McIntyre J, Woodside J Jr. Alcohol withdrawal syndrome. Am Fam Physician. 2004 Mar 15;69(6):1443-50. "
    "doi: 10.1000/afp.2004.1443. PMID: 15053409; PMCID: PMC123.": {
        "authors": "Bayard M, McIntyre J, Woodside J Jr",
        "title": "Alcohol withdrawal syndrome",
        **{"container": "Am Fam Physician", "year": "2004", "detail": "69(6):1443-50"},
        **{"doi": "10.1000/afp.2004.1443", "pmid": "15053409"},
    },
    "Smith, J. A., & Doe, B. (2019). Sleep after detox: A cohort study. Journal of Rest, 13(2), 101–110. "
    "https://doi.org/10.1097/ADM.461": {
        "authors": "Smith, J. A., & Doe, B.",
        "title": "Sleep after detox: A cohort study",
        **{"container": "Journal of Rest", "year": "2019", "detail": "13(2), 101–110", "doi": "10.1097/ADM.461"},
    },
    "Smith, John, and Ann Doe. “Sleep after Detox.” Journal of Rest, vol. 13, no. 2, 2019, pp. 101-10.": {
        "authors": "Smith, John, and Ann Doe",
        "title": "Sleep after Detox",
        **{"container": "Journal of Rest", "year": "2019", "detail": "vol. 13, no. 2, pp. 101-10"},
    },
    'Smith, John. 2019. "Sleep after Detox." Journal of Rest 13 (2): 101–10. doi:10.1097/(ADM)461.': {
        "authors": "Smith, John",
        "title": "Sleep after Detox",
        **{"container": "Journal of Rest", "year": "2019", "detail": "13 (2): 101–10", "doi": "10.1097/(ADM)461"},
    },
    "National Center for Rest. Treatment and recovery. NCR; 2023. Accessed May 3, 2024. https://example.org/rest.": {
        **{"authors": "National Center for Rest", "title": "Treatment and recovery", "container": "NCR"},
        **{"year": "2023", "url": "https://example.org/rest", "accessed_on": "2024-05-03"},
    },
    "Does rest help? BMJ. 2020;368:m1234.": {
        **{"title": "Does rest help?", "container": "BMJ", "year": "2020", "detail": "368:m1234"},
    },
    "https://doi.org/10.1056/NEJMra1204512": {"doi": "10.1056/NEJMra1204512"},
    "https://pubmed.ncbi.nlm.nih.gov/15053409/": {"pmid": "15053409"},
    "Only words, in which nothing can be told apart": {},
    "": {},
}


def test_citations_are_taken_apart_and_cited_from_the_text(visitor, house):
    draft = make_draft("<p>Rest helps.</p>", created_by=house["editor"])
    editor = visitor()
    editor.sign_in(house["editor"])
    page = open_draft(editor, draft)
    parse = "citations => import('citation').then(({ parse }) => citations.map(parse))"
    assert page.evaluate(parse, [*CITATIONS]) == [*CITATIONS.values()]

    box = page.get_by_role("textbox", name="Body")
    box.click()
    to_the_end(page)
    page.keyboard.type(" [see doi:10.1000/unknown.1]")  # without a title it stays text
    expect(box).to_have_text("Rest helps. [see doi:10.1000/unknown.1]")
    expect(box).to_be_focused()
    for typed, said in (
        (next(iter(CITATIONS)), "Added as source 1: "),
        ("Only words", "Added as source 2. It could not be taken apart: see to its fields."),
    ):
        page.keyboard.press("Enter")
        slash(page, "source")
        expect(page.get_by_label("Cite a source")).to_be_focused()
        page.keyboard.insert_text(typed)
        page.keyboard.press("Enter")
        expect(page.locator(".known-sources [role=status]")).to_contain_text(said)
        if typed in CITATIONS:
            expect(page.get_by_role("textbox", name="Body")).to_be_focused()
            page.keyboard.type(" is first")
            page.keyboard.type(" [doi:10.1000/afp.2004.144] [PMID: 1505340] [see PMID: 15053409]")  # stay text
            page.keyboard.type(" [doi:10.1000/AFP.2004.1443]")  # is that source, and nothing else
    expect(page.locator("[name=sources-1-title]")).to_be_focused()
    expect(page.locator("[name=sources-1-title]")).to_have_value("Only words")
    page.keyboard.press("Enter")
    expect(page.locator("[name=sources-1-container]")).to_be_focused()  # not sent
    page.keyboard.type("JAMA")
    save(page)
    assert list(draft.sources.values_list("position", "title", "container", "pmid")) == [
        (1, "Alcohol withdrawal syndrome", "Am Fam Physician", "15053409"),
        (2, "Only words", "JAMA", ""),
    ]
    assert draft.articles_text_set.get().body == (
        "<p>Rest helps. [see doi:10.1000/unknown.1]</p>"
        "<p>[1] is first [doi:10.1000/afp.2004.144] [PMID: 1505340] [see PMID: 15053409] [1]</p><p>[2]</p>"
    )
