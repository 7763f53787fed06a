"""The page of an edition as a form: blocks in one order, empty ones left out, an address that follows the title."""

import re

import pytest

from articles import editorial_gate
from articles.admin import findings
from articles.admin.block_flow import ENTRIES
from articles.admin.inlines import FIRST_PAGE_INLINES, BlockInline
from articles.content import edition_snapshot, quotes
from articles.models import (
    Article,
    Callout,
    Column,
    Costs,
    Edition,
    EditionEvent,
    Kind,
    PullQuote,
    State,
    Text,
    Tone,
    blocks_of,
)
from detoxsite import settings
from tests.articles.admin.form_data import form_data
from tests.factories import make_draft, make_page, make_person, make_user

pytestmark = pytest.mark.django_db

LIST = "/admin/articles/edition/"


@pytest.fixture
def editor(client):
    client.force_login(make_user("editor"))
    return client


def save(client, draft, **fields):
    address = f"{LIST}{draft.pk}/change/"
    response = client.post(address, {**form_data(client.get(address)), **fields})
    draft.article.refresh_from_db()
    return response


def test_blocks_of_all_kinds_are_drawn_in_their_order_with_number_and_box(editor):
    blocks = [PullQuote(ordering=5, quote="A.", attribution="B"), Text(ordering=20, body="<p>C.</p>")]
    draft = make_draft("<p>B.</p>", blocks=blocks)
    html = editor.get(f"{LIST}{draft.pk}/change/").content.decode()
    rows = re.findall(r'class="blk" id="articles_(\w+)_set-(\w+)"', html)
    assert [row for row in rows if row[1] != "__prefix__"] == [("pullquote", "0"), ("text", "0"), ("text", "1")]
    assert re.search(r'<input type="number" name="articles_text_set-1-ordering" value="20"', html)
    assert 'name="articles_text_set-1-DELETE"' in html


def test_blocks_at_one_place_have_the_same_order_in_the_form_and_for_readers(editor):
    page = Article.objects.create(kind=Kind.HOUSE, slug="visit")
    blocks = [kind(ordering=20, title="T", body="<p>.</p>") for kind in (Costs, Column, Callout, Callout)]
    draft = make_draft("<p>B.</p>", article=page, blocks=blocks)
    shown = editor.get(f"{LIST}{draft.pk}/change/").context["block_rows"]
    read = blocks_of(draft)
    assert [block.kind for block in read] == ["text", "callout", "callout", "column", "costs"]
    assert read[1].pk < read[2].pk
    assert [row.instance for row in shown] == read


def test_a_refused_form_keeps_the_order_that_was_sent_whatever_it_is(editor):
    draft = make_draft("<p>B.</p>", blocks=[Text(ordering=20, body="<p>C.</p>")])
    places = {"articles_text_set-0-ordering": "x", "articles_text_set-1-ordering": "-3"}
    html = save(editor, draft, title="", **places).content.decode()
    rows = re.findall(r'class="blk[^"]*" id="articles_text_set-(\d)"', html)
    assert rows == ["1", "0"]


def test_a_new_block_that_holds_nothing_is_left_out_and_an_old_one_is_not(editor):
    draft = make_draft("<p>B.</p>")
    new = {"articles_text_set-1-ordering": 20, "articles_text_set-1-region": "main", "articles_text_set-1-body": ""}
    box = {"articles_callout_set-0-ordering": 30, "articles_callout_set-0-tone": "danger"}  # as the menu makes it
    source = {"sources-0-position": 1}
    rows = dict.fromkeys(("articles_callout_set-TOTAL_FORMS", "sources-TOTAL_FORMS"), 1)
    new |= {"articles_text_set-TOTAL_FORMS": 2, **box, **source, **rows}
    assert save(editor, draft, **new).status_code == 302
    assert (len(blocks_of(draft)), draft.sources.count()) == (1, 0)
    response = save(editor, draft, **{"articles_text_set-0-body": ""})
    assert "This field is required" in response.content.decode()
    assert len(blocks_of(draft)) == 1


@pytest.mark.parametrize(
    ("slug", "sent", "kept"),
    [
        ("sleep", {}, "rest-at-last"),  # made from the title
        ("sleep", {"slug_typed": "1"}, "sleep"),  # typed, though it is the same
        ("sleep", {"slug": "nights"}, "nights"),
        ("nights", {}, "nights"),
        ("sleep", {"slug": ""}, "rest-at-last"),
    ],
)
def test_the_address_follows_the_title_unless_someone_typed_another(editor, slug, sent, kept):
    draft = make_draft(slug=slug, title="Sleep")
    assert save(editor, draft, title="Rest at last", **sent).status_code == 302
    assert draft.article.slug == kept


def test_a_typed_address_stays_typed_after_a_refused_save(editor):
    draft = make_draft(slug="sleep", title="Sleep")
    address = f"{LIST}{draft.pk}/change/"
    assert "data-follows" in editor.get(address).content.decode()
    refused = save(editor, draft, title="", slug="sleep", slug_typed="1")
    assert "data-follows" not in refused.content.decode()
    assert '<input type="hidden" name="slug_typed" value="1">' in refused.content.decode()
    sent = {**form_data(refused), "slug_typed": "1", "title": "Rest at last"}
    assert editor.post(address, sent).status_code == 302
    draft.article.refresh_from_db()
    assert draft.article.slug == "sleep"
    made = save(editor, draft, title="", slug="sleep")  # another title now: this one stays as it is
    assert "data-follows" not in made.content.decode()


def test_the_search_result_shows_the_address_of_a_page_without_articles(editor):
    article = Article.objects.create(kind=Kind.HOUSE, slug="house", parent=make_page("about").article)
    shown = editor.get(f"{LIST}{make_draft(article=article).pk}/change/").content.decode()
    assert 'data-above="about" data-path="house"' in shown
    assert 'data-above="" ' in editor.get(f"{LIST}add/?kind=page").content.decode()
    assert 'data-above="articles" ' in editor.get(f"{LIST}add/").content.decode()


def test_each_sign_of_the_menu_exists():
    sheet = (settings.BASE_DIR / "detoxsite/static/img/desk-icons.svg").read_text()
    inlines = [inline for inline in FIRST_PAGE_INLINES if issubclass(inline, BlockInline)]
    signs = {inline.icon for inline in inlines} | {entry.icon for lines in ENTRIES.values() for entry in lines}
    assert {sign for sign in signs - {""} if f'id="{sign}"' not in sheet} == set()


def test_a_text_is_saved_and_handed_in_in_one_step_unless_the_checks_refuse_it(editor):
    draft, red = make_draft(), make_draft("<p>You can stop baclofen at home.</p>")
    for kind in ("", "?kind=page"):
        add = editor.get(f"{LIST}add/{kind}").content.decode()
        assert '<input type="submit" value="Save and send" name="_submit"' in add

    told = []
    for edition in (draft, red):
        response = save(editor, edition, title="Rest", _submit="1")
        assert response["Location"] == f"{LIST}{edition.pk}/change/"
        told += [str(message).partition(":")[0] for message in editor.get(response["Location"]).context["messages"]]

    assert told == [
        "Sent for review. A clinician signs it off.",
        "Saved, but not sent for review. Fix 1 red finding first, or mark false alarms",
    ]
    stored = Edition.objects.filter(pk__in=[draft.pk, red.pk]).order_by("pk").values_list("title", "state")
    assert list(stored) == [("Rest", State.IN_REVIEW), ("Rest", State.DRAFT)]


def test_who_has_corrected_the_text_meanwhile_is_not_asked_to_sign_it_off(editor):
    ana, ben = make_user("clinician"), make_user("clinician")
    corrected, untouched = (make_draft(assigned_to=one) for one in (ana, ben))
    for signer in (ana, ben):
        make_person(user=signer)
    corrected.contributors.add(ana)

    for edition in (corrected, untouched):
        save(editor, edition, title="Rest", _submit="1")

    sent = Edition.objects.filter(state=State.IN_REVIEW).order_by("pk").values_list("assigned_to", flat=True)
    assert list(sent) == [None, ben.pk]
    notes = EditionEvent.objects.filter(kind=EditionEvent.Kind.SUBMITTED).order_by("edition_id")
    assert list(notes.values_list("note", flat=True)) == ["", f"To {ben}"]


def test_a_block_is_added_without_scripts(editor):
    draft = make_draft("<p>B.</p>", blocks=[PullQuote(ordering=30, quote="A.", attribution="B")])
    html = editor.get(f"{LIST}{draft.pk}/change/").content.decode()
    assert '<option value="articles_callout_set">Box</option>' in html
    assert html.index('name="_save"') < html.index('name="_add_block"')  # Enter in a field presses the first

    response = save(editor, draft, title="Rest", _add_block="1", add_block="articles_callout_set")
    assert response["Location"] == f"{LIST}{draft.pk}/change/?add_block=articles_callout_set"
    draft.refresh_from_db()
    assert draft.title == "Rest"

    page = editor.get(response["Location"])
    html = page.content.decode()
    assert re.findall(r'class="blk" id="articles_(\w+_set-\d+)"', html)[-1] == "callout_set-0"
    assert re.search(r"<select [^>]*callout_set-0-tone[^>]* autofocus", html)
    new = {"articles_callout_set-0-title": "Sleep", "articles_callout_set-0-body": "<p>C.</p>"}
    typed = {**form_data(page), **new, "articles_callout_set-0-tone": "note"}
    assert editor.post(f"{LIST}{draft.pk}/change/", typed).status_code == 302
    assert [block.kind for block in blocks_of(draft)] == ["text", "pull", "callout"]


def test_a_refused_save_adds_no_block(editor):
    response = save(editor, make_draft("<p>B.</p>"), title="", _add_block="1", add_block="articles_callout_set")
    assert response.status_code == 200
    assert "This field is required" in response.content.decode()


@pytest.mark.parametrize("wanted", ["", "nothing", "articles_text_set-0", "sources\0"])
def test_an_unknown_kind_of_block_is_not_added(editor, wanted):
    draft = make_draft("<p>B.</p>")
    html = editor.get(f"{LIST}{draft.pk}/change/", {"add_block": wanted}).content.decode()
    assert re.findall(r'class="blk" id="articles_(\w+_set-\d+)"', html) == ["text_set-0"]


def test_whoever_starts_an_article_is_its_author(client):
    user = make_user("editor")
    client.force_login(user)
    person = make_person(user=user)
    chosen = re.compile(r'<option value="(\d+)" selected>')
    author = re.compile(r'<select name="author".*?</select>', re.DOTALL)

    def offered():
        return chosen.findall(author.search(client.get(f"{LIST}add/").content.decode())[0])

    assert offered() == [str(person.pk)]
    person.has_left = True
    person.save()
    assert offered() == []


@pytest.mark.parametrize("tone", Tone.values)
def test_a_block_has_one_name_in_the_menu_the_form_findings_comments_and_reports(editor, tone):
    box = Callout(ordering=20, tone=tone, title="For addicts", body="<p>Rest.</p>")
    draft = make_draft("<p>B.</p>", blocks=[box])
    name = f"{tone.capitalize()} box"
    context = editor.get(f"{LIST}{draft.pk}/change/").context
    assert name in [entry.name for entry in ENTRIES[Callout]]
    assert f'data-name="{name}"' in next(row for row in context["block_rows"] if row.instance == box).row_html()
    assert f"Block 2, {name.lower()}" in quotes.names_of(blocks_of(draft)).values()
    snapshot = edition_snapshot.from_edition(draft)
    found = findings.panel_context(editorial_gate.check_edition(draft, snapshot), snapshot, draft)
    assert f"Block 2, {name.lower()}" in [entry["place"] for entry in found["amber"]]
