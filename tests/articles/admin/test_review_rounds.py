"""What a clinician sees of an edition in review: the findings in the text, and after the first round what changed."""

import re

import pytest
from django.db import IntegrityError, transaction

from articles import services
from articles.models import (
    Callout,
    Download,
    EditionEvent,
    KeyFacts,
    State,
    Text,
    VideoPlayer,
    refresh_text,
)
from tests.articles.admin.test_editions import LIST
from tests.articles.media import make_pdf, make_video
from tests.factories import make_draft, make_live, make_user

pytestmark = pytest.mark.django_db


def rewrite(draft, body):
    Text.objects.filter(parent=draft).update(body=body)
    refresh_text(draft)


def one_more_round(draft, clinician, *, note, body):
    """Send for review, send back with a note, and rewrite."""
    services.submit(draft.pk, by=make_user("editor"))
    services.send_back(draft.pk, by=clinician, note=note)
    rewrite(draft, body)


def signed_in(client, user):
    client.force_login(user)
    return client


def page_of(client, draft):
    return client.get(f"{LIST}{draft.pk}/change/").content.decode()


def round_of(html):
    """The part of a page about the rounds of the review before this one."""
    section = re.search(r'<section class="round".*?</section>', html, re.DOTALL)
    return section[0] if section else ""


def changes(html):
    return re.findall(r'<p class="new-words">(.*?)</p>', html)


def test_the_second_round_begins_with_the_note_and_what_changed(as_role):
    dana = as_role("clinician")
    draft = make_draft("<p>Stop at once.</p><p>Drink water.</p>")
    services.submit(draft.pk, by=make_user("editor"))
    assert round_of(page_of(dana, draft)) == ""

    dana.post(f"{LIST}{draft.pk}/act/send-back/", {"send-back-note": "Say <b>slowly</b>."})
    rewrite(draft, "<p>Stop slowly.</p><p>Drink water.</p>")
    services.submit(draft.pk, by=make_user("editor"))
    html = page_of(dana, draft)

    assert changes(html) == ["Stop <del>at once</del><ins>slowly</ins>."]
    order = ["Review, round 2", "You sent this back on", "Say &lt;b&gt;slowly&lt;/b&gt;.", "Changed since you sent it"]
    positions = [html.index(text) for text in [*order, "Editorial checks</h2>", "Full text</h2>"]]
    assert positions == sorted(positions)
    assert "Editorial checks</h2>" not in round_of(html)


def test_each_change_leads_to_its_passage_in_the_page_and_back(as_role):
    """In one paragraph of a list, in a title with its text, in a link, behind what was removed, and above the page."""
    dana = as_role("clinician")
    old = "<h2>Nights</h2><ul><li>Rest.</li><li>Eat early.</li></ul><p>Gone.</p><p>Stay.</p>"
    live = make_live(old, title="Sleep", blocks=[Callout(ordering=20, title="Help", body="<p>Call 911.</p>")])
    added = '<p><a href="/help/">Help</a> is near.[1]</p>'
    new = f"<h2>Nights</h2><ul><li>Rest.</li><li>Eat late.</li></ul><p>Stay.</p>{added}"
    box = Callout(ordering=20, title="Help", body="<p>Call 911 at once.</p>")
    same = {"article": live.article, "author": live.author}
    draft = make_draft(new, title="Sleep well", blocks=[box], state=State.IN_REVIEW, **same)

    html = page_of(dana, draft)
    shown = re.findall(r'id="changed-(\d)".*?href="(\S+)#change-\1" target="as_read".*?</b> ([^<]+)<', html, re.S)
    frame = re.search(r'<iframe name="as_read" src="([^"]+)"', html)[1]
    page = dana.get(frame).content.decode()

    assert {address for _, address, _ in shown} == {frame}
    assert [name for _, _, name in shown] == [
        *("Title", "Block 1, text", "Block 1, text, removed", "Block 1, text, new", "Block 2, note box"),
    ]
    back = f'<a class="to-changes" id="change-%d" href="{LIST}{draft.pk}/change/#changed-%d" target="_parent">'
    places = [page.index(back % (number, number)) for number in range(1, 6)]
    assert places == sorted(places)
    before = [page.rindex("<", 0, place) for place in places]
    assert [re.match(r"<\w+", page[place:])[0] for place in before[1:]] == ["<li", "<p", "<p", "<p"]
    assert '<mark class="change">Eat late.</mark>' in page
    assert '<a href="/help/"><mark class="change">Help</mark></a><mark class="change"> is near.[1]</mark>' in page
    assert '<mark class="near">Stay.</mark>' in page
    assert 'class="to-changes"' not in dana.get(frame.removesuffix("?changes")).content.decode()


def changed_page(client, old, new, *, blocks=((), ()), **fields):
    """Names of the changes, by number, and the page with its changes marked, of a text that readers see as it was."""
    before = {name: fields.pop(name) for name in ("sources",) if name in fields}
    live = make_live(old, blocks=blocks[0], **before)
    same = {"article": live.article, "author": live.author, "title": live.title, "summary": live.summary}
    draft = make_draft(new, blocks=blocks[1], state=State.IN_REVIEW, **same, **fields)
    html = page_of(client, draft)
    names = re.findall(r'id="changed-\d".*?</b> ([^<]+)<', html, re.S)
    assert f"{len(names)} paragraph" in html
    page = client.get(re.search(r'<iframe name="as_read" src="([^"]+)"', html)[1]).content.decode()
    return names, re.sub(r'<a class="to-changes" id="change-(\d)".*?</a>', r"{\1}", page)


@pytest.mark.parametrize(
    ("old", "new", "shown"),
    [
        (
            "<p>Drink water.</p><p>Rest.</p>",
            "<p>Drink water.</p><p>Rest.</p><p>Drink water.</p>",
            '<p>Drink water.</p><p>Rest.</p><p>{1}<mark class="change">Drink water.</mark></p>',
        ),
        (
            "<p>Water is good for you.</p><ul><li>Rest</li></ul>",
            "<p>Water is good for you.</p><ul><li>Rest</li><li>Water</li></ul>",
            '<p>Water is good for you.</p><ul><li>Rest</li><li>{1}<mark class="change">Water</mark></li></ul>',
        ),
        (
            "<h2>Water</h2><p>Rest well.</p><p>Ice water.</p>",
            "<h2>Water</h2><p>Rest well.</p><p>Ice water.</p><p>Water</p>",
            '<p>Ice water.</p><p>{1}<mark class="change">Water</mark></p>',
        ),
    ],
)
def test_of_equal_passages_the_changed_one_is_marked(as_role, old, new, shown):
    assert shown in changed_page(as_role("clinician"), old, new)[1]


def test_what_was_removed_is_listed_where_it_stood(as_role):
    """At the end of a block, before sources and before another block; and not where only a title was replaced."""
    clinician, two = as_role("clinician"), "<p>Stay.</p><p>Gone.</p>"

    def box(title):
        return [Callout(ordering=20, title=title, body="<p>Call 911.</p>")]

    names, page = changed_page(clinician, two, "<p>Stay.</p>", sources=1)
    assert names == ["Block 1, text, removed", "Sources, removed"]
    assert '<p>{1}<mark class="near">Stay.</mark></p>' in page
    names, page = changed_page(clinician, two, "<p>Stay.</p>", blocks=(box("Help"), box("Help")))
    assert names == ["Block 1, text, removed"]
    assert '<p>{1}<mark class="near">Stay.</mark></p>' in page
    names, _ = changed_page(clinician, two, two, blocks=(box("Help"), box("Who never to leave alone at night")))
    assert names == ["Block 2, note box, removed", "Block 2, note box, new"]


def test_a_file_that_is_lost_moves_no_mark_into_another_block(as_role):
    blocks = [Download(ordering=20, file=make_pdf(is_missing=True)), Text(ordering=30, body="<p>Rest.</p>")]
    _, page = changed_page(as_role("clinician"), "<p>Rest.</p>", "<p>Rest.</p>", blocks=((), blocks))
    assert '<p>Rest.</p>\n<p>{2}<mark class="change">Rest.</mark></p>' in re.sub(r"\s*\n\s*", "\n", page)


def test_a_line_without_words_is_no_change(as_role):
    facts = KeyFacts(ordering=20, title="", rows="Form | Tablet")
    names, page = changed_page(as_role("clinician"), "<p>Stay.</p>", "<p>Stay.</p>", blocks=((), [facts]))
    assert names == ["Block 2, key facts, new"]
    assert '<th scope="row">{1}<mark class="change">Form</mark></th>' in page


def test_a_link_back_is_neither_in_an_attribute_nor_in_another_link(as_role):
    """Beside the title of a video, which also names it, and that of a file, which is a link itself."""
    video, file = make_video(title="A <b> tour", transcript=""), make_pdf(title="Forms")
    blocks = [VideoPlayer(ordering=20, video=video), Download(ordering=30, file=file)]
    names, page = changed_page(as_role("clinician"), "<p>Stay.</p>", "<p>Stay.</p>", blocks=((), blocks))
    assert names == ["Block 2, video, new", "Block 3, file to download, new"]
    assert re.findall(r".*{\d}.*", page) == [
        next(line for line in page.splitlines() if line.startswith("  <figcaption><b>{1}A &lt;b&gt; tour.</b>")),
        next(line for line in page.splitlines() if line.startswith('  {2}<a class="file"')),
    ]
    assert 'aria-label="A &lt;b&gt; tour"' in page


def test_a_finding_in_the_title_of_a_video_is_marked_once(as_role):
    video = VideoPlayer(ordering=20, video=make_video(title="Sobriety is guaranteed"))
    draft = make_draft("<p>Calm.</p>", blocks=[video], state=State.IN_REVIEW)
    page = as_role("clinician").get(f"{LIST}{draft.pk}/preview/?findings").content.decode()
    assert page.count("<mark") == 1
    assert 'aria-label="Sobriety is guaranteed"' in page


def test_what_was_just_sent_back_is_no_review_round(as_role):
    dana, draft = as_role("clinician"), make_draft("<p>Stop.</p>")
    services.submit(draft.pk, by=make_user("editor"))
    services.send_back(draft.pk, by=dana.user, note="Say more.")
    html = round_of(page_of(dana, draft))
    assert "Requested changes</h2>" in html
    assert "Review, round" not in html
    assert "Nothing in the text has changed" not in html


def test_each_clinician_sees_what_changed_since_they_sent_it_back(client):
    ana, ben, other = (make_user("clinician") for _ in range(3))
    draft = make_draft("<p>One of three.</p>")
    one_more_round(draft, ana, note="Ana asks.", body="<p>Two of three.</p>")
    one_more_round(draft, ben, note="Ben asks.", body="<p>All of three.</p>")
    services.submit(draft.pk, by=make_user("editor"))

    by_ana, by_ben, by_other = (page_of(signed_in(client, user), draft) for user in (ana, ben, other))

    assert changes(by_ana) == ["<del>One</del><ins>All</ins> of three."]
    assert round_of(by_ana).index("Ana asks.") < round_of(by_ana).index("Ben asks.")
    assert "Earlier notes" not in by_ana
    assert changes(by_ben) == changes(by_other) == ["<del>Two</del><ins>All</ins> of three."]
    assert round_of(by_ben).index("Ben asks.") < round_of(by_ben).index("Earlier notes (1)")
    assert f"Changed since {ben} sent it back" in by_other
    assert "Review, round 3" in by_other


def test_an_unchanged_text_and_one_that_was_not_kept_are_called_so(as_role):
    client = as_role("clinician")
    draft = make_draft("<p>As before.</p>")
    one_more_round(draft, client.user, note="Change it.", body="<p>As before.</p>")
    services.submit(draft.pk, by=make_user("editor"))
    assert "Nothing in the text has changed since then." in page_of(client, draft)

    old = make_draft("<p>As before.</p>", state=State.IN_REVIEW)
    EditionEvent.objects.create(edition=old, kind=EditionEvent.Kind.SENT_BACK, by=client.user, note="Long ago.")
    assert "The text of that time was not kept." in page_of(client, old)
    assert "Long ago." in page_of(client, old)


def test_the_author_reads_the_note_before_the_form(as_role):
    editor, clinician = as_role("editor"), make_user("clinician", first_name="Dana", last_name="Diaz")
    draft = make_draft(created_by=editor.user)
    one_more_round(draft, clinician, note="Older.\nTwo lines.", body="<p>Second.</p>")
    one_more_round(draft, clinician, note="Newest.", body="<p>Third.</p>")

    html = page_of(editor, draft)

    assert html.index("Requested changes</h2>") < html.index("Newest.") < html.index('id="edition_form"')
    assert "Dana Diaz sent this back on" in round_of(html)
    assert "<p>Older.<br>Two lines.</p>" in round_of(html).partition("Earlier notes (1)")[2]
    assert changes(html) == []


def test_only_an_event_of_sending_back_keeps_the_text_and_nobody_changes_it():
    draft, clinician = make_draft("<p>Kept.</p>"), make_user("clinician")
    one_more_round(draft, clinician, note="Change it.", body="<p>New.</p>")
    event = EditionEvent.objects.get(kind=EditionEvent.Kind.SENT_BACK)

    assert event.lines[3:] == ["Kept."]
    assert set(EditionEvent.objects.exclude(pk=event.pk).values_list("lines", flat=True)) == {None}
    with pytest.raises(IntegrityError, match="event_keeps_lines_when_sent_back"), transaction.atomic():
        EditionEvent.objects.create(edition=draft, kind=EditionEvent.Kind.SAVED, by=clinician, lines=["x"])
    with pytest.raises(Exception, match="append_only"), transaction.atomic():
        EditionEvent.objects.filter(pk=event.pk).update(lines=["x"])


def test_the_list_says_which_round_it_is_and_costs_the_same(client, django_assert_max_num_queries):
    dana, other = make_user("clinician"), make_user("clinician")
    signed_in(client, dana)
    for number in range(6):
        draft = make_draft(f"<p>Text {number}.</p>")
        one_more_round(draft, dana, note="Change it.", body="<p>New.</p>")
        if number:
            services.submit(draft.pk, by=make_user("editor"))
    client.get("/admin/")  # reads the counts of the navigation, which are kept for a while

    with django_assert_max_num_queries(11):
        html = client.get(LIST).content.decode()

    assert html.count("Round 2: sent back by you on") == 5
    assert signed_in(client, other).get(LIST).content.decode().count(f"Round 2: sent back by {dana} on") == 5


# --- findings in the text --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("has_live", [True, False])
def test_a_finding_leads_to_its_words_in_the_whole_text(as_role, has_live):
    body = "<p>Calm.</p><p>An <strong>add</strong>\u00adict &amp; <em>a</em> drunk.</p><p>We guarantee it.</p>"
    article = make_live("<p>Calm.</p>").article if has_live else None
    draft = make_draft(body, article=article, state=State.IN_REVIEW, title="For an addict")

    html = page_of(as_role("clinician"), draft)

    links = dict(re.findall(r'<a href="#([\w-]+)">([^<]*<q>.*?)</q></a>', html))
    marks = re.findall(r'<mark class="(\w+)" id="([\w-]+)" tabindex="-1">(.*?)</mark>', html)
    assert set(links) == {mark for _, mark, _ in marks}
    assert sorted((level, words) for level, _, words in marks) == [
        *(("amber", "add**ict"), ("amber", "addict"), ("amber", "drunk"), ("red", "guarantee")),
    ]
    assert len(re.findall(r' id="place-0"', html)) == 1
    assert "data-finding" not in html.replace("data-findings", "")


def test_a_finding_whose_words_are_not_in_one_piece_leads_to_its_block(as_role):
    body = '<p>Sleep is guar<a href="https://example.org/">ant</a>eed.</p>'
    draft = make_draft("<p>Calm.</p>", blocks=[Text(ordering=20, body=body)], state=State.IN_REVIEW)

    html = page_of(as_role("clinician"), draft)

    assert re.search(r'<a href="#place-1">Block 2, text <q>Sleep is guaranteed.</q></a>', html)
    assert 'id="place-1"' in html


def test_a_preview_marks_findings_on_request(as_role):
    draft = make_draft("<h2>Hope &amp; us</h2><p>We <em>guar</em>antee it, &lt;b&gt;.[1]</p>", state=State.IN_REVIEW)
    client = as_role("clinician")
    address = re.search(r'href="(\S+/preview/\?findings)#(finding-\d+)"', page_of(client, draft))

    marked = client.get(address[1]).content.decode()
    plain = client.get(f"{LIST}{draft.pk}/preview/").content.decode()

    assert (
        f'<em><mark class="red" id="{address[2]}" tabindex="-1">guar</mark></em><mark class="red">antee</mark>'
        in marked
    )
    assert "<mark" not in plain
    assert "it, &lt;b&gt;." in marked
