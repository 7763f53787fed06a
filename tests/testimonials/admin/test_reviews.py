"""Moderation in the admin: queues, the page of one review, decisions, and the stars hidden until then."""

import base64
import re

import pytest
from django.contrib.admin.models import LogEntry
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from detoxsite.core import images
from detoxsite.core.encryption import sealing
from detoxsite.core.kept_queries import KeptQuery
from intake.models import CallForHelp
from testimonials.admin import queue_page
from testimonials.models import (
    DisplayConsent,
    OutgoingEmail,
    Report,
    ReviewEvent,
    Source,
    StaffName,
    Status,
    Testimonial,
)
from testimonials.moderation import queues
from testimonials.moderation.queues import QUEUES
from testimonials.moderation.redaction import Removal
from testimonials.pii import Kind
from testimonials.services import author, moderation, photos, reports
from tests.core.test_images import picture_file
from tests.factories import make_review, make_user

pytestmark = pytest.mark.django_db

QUEUE = "/admin/testimonials/testimonial/"


def url(review, part="change/"):
    return f"{QUEUE}{review.pk}/{part}"


def page(client, review, query=""):
    return client.get(url(review) + query).content.decode()


def act(client, review, name, *, version=1, span=(), **data):
    """Post an object action as the form of the page does, with the marked spans."""
    fields = {f"{name}-{field}": value for field, value in data.items()}
    return client.post(url(review, f"act/{name}/"), {"version": version, "approve-span": list(span), **fields})


def listed(client, query=""):
    return [int(pk) for pk in re.findall(r"testimonial/(\d+)/change/", _list(client, query))]


def _list(client, query):
    html = client.get(QUEUE + query).content.decode()
    return html.split('<ol class="queue')[1].split("</ol>")[0] if '<ol class="queue' in html else ""


def days_ago(days):
    return timezone.now() - timezone.timedelta(days=days)


def imported(**fields):
    fields = {"source": Source.GOOGLE, "source_id": f"g-{Testimonial.objects.count()}", **fields}
    return make_review(allow=(), **fields)


def report(review, kind="other", text="That is my cousin."):
    return reports.submit(review.pk, key=f"f{Report.objects.count()}", kind=kind, text=text)


# --- progress and search ---------------------------------------------------------------------------------------------


def test_a_review_says_where_it_stands_in_its_queue(as_role, monkeypatch):
    reviews = [make_review(submitted_at=days_ago(9 - number)) for number in range(4)]
    shown = make_review("published")
    client = as_role("moderator")

    def place(review, query=""):
        return re.findall(r"</progress> ([^<]+)</span>", page(client, review, query))

    assert [place(review) for review in reviews] == [["1 of 4"], ["2 of 4"], ["3 of 4"], ["4 of 4"]]
    assert place(shown) == []
    assert place(shown, "?queue=shown") == ["1 of 1"]
    monkeypatch.setattr("testimonials.moderation.queues.MAX_COUNTED", 3)
    assert str(QUEUES["waiting"].place(client.user, reviews[1].pk)) == "2 of 3+"


@pytest.mark.parametrize("typed", ["{pk}", " Review {pk}", "#{pk}", "Often@Example.org ", "often@example.org"])
def test_a_review_is_found_by_its_number_or_whole_address(as_role, typed):
    review = make_review("published", email="often@example.org")
    make_review(email="other@example.org")

    response = as_role("moderator").post(QUEUE, {"typed": typed.format(pk=review.pk)})

    assert [row.review for row in response.context["page"].rows] == [review]
    assert "no-store" in response.headers["Cache-Control"]


@pytest.mark.parametrize("typed", ["", "often", "@example.org", "%", "\0", "9" * 18, "9" * 40, "It was clean"])
def test_parts_and_words_find_no_review(as_role, typed):
    make_review(email="often@example.org", words="It was clean.")

    response = as_role("moderator").post(QUEUE, {"typed": typed})

    html = response.content.decode()
    assert response.status_code == 200
    assert "<b>0</b> found" in html or "errorlist" in html


def test_a_page_that_was_open_meanwhile_shows_nothing_that_a_colleague_took_out(as_role):
    words = "Kyle and Denny were kind to my mother and to me, every night of that week."
    review = make_review(words=words)
    client = as_role("moderator")
    seen = re.search(r'name="decided" value="([^"]+)"', page(client, review))[1]
    colleague = make_user("moderator")
    moderation.approve(review.pk, by=colleague, version=1, removals=[Removal(0, 4, Kind.NAME)])

    def publish(decided, *span):
        data = {"version": 1, "decided": decided, "approve-span": span}
        return client.post(f"{QUEUE}{review.pk}/act/approve/", data)

    refused = publish(seen, "9-14-name").content.decode()

    review.refresh_from_db()
    assert review.shown_words == words.replace("Kyle", "[name removed]")
    assert "Someone has decided on this review since you opened it." in refused
    marked = re.findall(r'name="approve-span" value="([^"]+)" checked', refused)
    assert marked == ["0-4-name", "9-14-name"]
    now = re.search(r'name="decided" value="([^"]+)"', refused)[1]
    assert publish(now, *marked).status_code == 302
    assert publish(now, *marked).status_code == 302  # pressed twice
    review.refresh_from_db()
    assert review.shown_words == words.replace("Kyle", "[name removed]").replace("Denny", "[name removed]")
    assert review.events.filter(kind="published").count() == 2


def test_a_page_that_was_open_meanwhile_shows_no_name_or_photo_that_a_colleague_hid(as_role):
    review = make_review(name="Maria Gonzalez")
    client = as_role("moderator")
    seen = re.search(r'name="decided" value="([^"]+)"', page(client, review))[1]
    ticked = {"version": 1, "approve-with_name": "on", "approve-with_photo": "on", "approve-nobody_else": "on"}
    url = f"{QUEUE}{review.pk}/act/approve/"

    def refused():
        answer = client.post(url, {**ticked, "decided": seen})
        assert "Someone has decided on this review" in answer.content.decode()
        [form] = [entry["form"] for entry in answer.context["object_actions"] if entry["action"].name == "approve"]
        return [bool(form[name].value()) for name in ("with_name", "first_name_only", "with_photo")]

    moderation.approve(review.pk, by=make_user("moderator"), version=1, with_name=False)
    assert refused() == [False, True, False]
    moderation.approve(review.pk, by=make_user("moderator"), version=1, first_name_only=True)
    assert refused() == [True, True, False]
    moderation.approve(review.pk, by=make_user("moderator"), version=1)
    assert refused() == [True, False, False]


def test_an_older_page_of_ones_own_that_hides_the_name_is_not_taken_for_a_second_press(as_role):
    review = make_review(name="Maria Gonzalez")
    client = as_role("moderator")
    seen = re.search(r'name="decided" value="([^"]+)"', page(client, review))[1]
    url = f"{QUEUE}{review.pk}/act/approve/"
    for _ in range(2):  # pressed twice
        assert client.post(url, {"version": 1, "decided": seen, "approve-with_name": "on"}).status_code == 302

    refused = client.post(url, {"version": 1, "decided": seen}).content.decode()

    assert "Someone has decided on this review" in refused
    now = re.search(r'name="decided" value="([^"]+)"', refused)[1]
    assert client.post(url, {"version": 1, "decided": now}).status_code == 302
    review.refresh_from_db()
    assert review.shown_name == ""


def test_another_thread_may_forget_what_is_known_of_a_text_at_any_moment(monkeypatch):
    class Forgetful(dict):
        def __contains__(self, key):
            return True  # a moment ago

    monkeypatch.setattr(queue_page, "_known", Forgetful())

    assert queue_page._kinds_in("Call 212-555-0123.", [])


def test_a_reply_of_a_colleague_is_not_replaced_unseen(as_role):
    review = make_review("published")
    client = as_role("moderator")
    seen = re.search(r'name="reply-seen" value="([^"]+)"', page(client, review))[1]
    moderation.reply(review.pk, by=make_user("moderator"), reply="Thank you for your words.")

    refused = act(client, review, "reply", reply="Thank you for writing.", seen=seen).content.decode()

    review.refresh_from_db()
    assert review.reply == "Thank you for your words."
    assert "the reply is now “Thank you for your words.”" in refused
    assert ">\nThank you for writing.</textarea>" in refused
    seen = re.search(r'name="reply-seen" value="([^"]+)"', refused)[1]
    act(client, review, "reply", reply="Thank you for writing.", seen=seen)
    review.refresh_from_db()
    assert review.reply == "Thank you for writing."


# --- the queues ------------------------------------------------------------------------------------------------------


def test_each_queue_has_its_reviews_and_says_how_many(as_role):
    client = as_role("moderator")
    other = make_user("moderator")
    made = {
        "new": make_review(submitted_at=days_ago(2)),
        "older": make_review(submitted_at=days_ago(9)),
        "proposed": make_review(submitted_at=days_ago(1)),
        "mine": make_review(submitted_at=days_ago(3)),
        "published": make_review("published"),
        "flagged": make_review("published"),
        "hidden": make_review("published"),
        "to withhold": make_review("published", submitted_at=days_ago(5)),
        "withheld": make_review("declined"),
        "withdrawn": make_review("withdrawn"),
        "staff": make_review(allow=()),
        "imported": imported(),
        "unconfirmed": make_review("unconfirmed"),
    }
    moderation.propose(made["proposed"].pk, by=other, version=1, reason="fake")
    moderation.propose(made["to withhold"].pk, by=other, version=1, reason="fake")
    moderation.propose(made["mine"].pk, by=client.user, version=1, reason="fake")
    report(made["flagged"])
    reports.hide(made["hidden"].pk, by=other)
    names = {review.pk: name for name, review in made.items()}

    def queue(name):
        return [names[pk] for pk in listed(client, f"?queue={name}")]

    assert [names[pk] for pk in listed(client)] == ["older", "to withhold", "mine", "new", "proposed"]
    assert queue("waiting") == ["older", "to withhold", "mine", "new", "proposed"]
    assert queue("second") == ["to withhold", "proposed"]
    assert queue("reported") == ["flagged", "hidden"]
    assert queue("imported") == ["imported"]
    assert queue("staff") == ["staff"]
    assert queue("shown") == ["flagged", "published", "to withhold"]
    assert queue("withheld") == ["withheld"]
    assert queue("all") == list(made)[::-1]
    counts = re.findall(r'\?queue=(\w+)"[^>]*>[^<]+(?:<b>(\d+)</b>)?</a>', client.get(QUEUE).content.decode())
    expected = {"waiting": 5, "second": 2, "reported": 2, "imported": 1, "staff": 1, "shown": 4, "withheld": 1}
    assert dict(counts[:8]) == {**{name: str(n) for name, n in expected.items()}, "all": ""}


def test_a_row_shows_what_to_look_out_for(as_role):
    client = as_role("moderator")
    other = make_user("moderator", first_name="Olga")
    make_review("published", email="often@example.org")
    review = make_review(
        words="I wanted to kill myself tonight. My son Kyle drove me, call 212-555-0147.", email="often@example.org"
    )
    moderation.propose(review.pk, by=other, version=1, reason="fake")
    appealed = make_review("declined")
    author.appeal(appealed.pk, note="Please look again.")

    html = _list(client, "")

    assert "Possible danger: staff have been alerted" in html
    assert "Olga proposed to withhold it: needs a second person" in html
    assert "The author asked us to look again" in html
    assert "<span>a name</span>" in html
    assert "<span>a phone number</span>" in html
    assert "I stayed here" in html
    assert "Address confirmed" in html
    assert "Same address: 1 other review<" in html
    assert "I wanted to kill myself tonight." in html


def test_the_next_page_begins_after_the_last_review(as_role, monkeypatch):
    monkeypatch.setattr("testimonials.admin.queue_page.PAGE_SIZE", 2)
    client = as_role("moderator")
    at = days_ago(3)
    made = [make_review(submitted_at=at).pk for _ in range(5)]  # at the same moment: only the keys distinguish them

    seen, query = [], ""
    for _ in range(3):
        html = client.get(QUEUE + query).content.decode()
        seen.append(listed(client, query))
        query = (re.findall(r'href="(\?queue=waiting&amp;after=\d+)"', html) or [""])[0].replace("&amp;", "&")

    assert seen == [made[:2], made[2:4], made[4:]]
    assert query == ""
    shown = [make_review("published", submitted_at=days_ago(n)).pk for n in range(3)]
    assert listed(client, f"?queue=shown&after={shown[1]}") == shown[2:]
    assert listed(client, f"?queue=all&after={made[1]}") == made[:1]
    assert listed(client, "?after=99999999999") == []


def test_queues_without_a_counter_are_counted_up_to_a_bound(as_role, monkeypatch):
    client = as_role("moderator")  # whose navigation keeps a count with the real bound
    monkeypatch.setattr(queues, "MAX_COUNTED", 2)
    monkeypatch.setattr(queue_page, "MAX_COUNTED", 2)
    monkeypatch.setattr(queues, "_counters_for", KeptQuery(queues._counters))  # the bound is in the SQL
    for _ in range(3):
        report(make_review("published", email="often@example.org"))

    html = client.get(f"{QUEUE}?queue=reported").content.decode()

    assert "Reported or hidden <b>2 or more</b>" in html
    assert html.count("Same address: 2 or more other reviews") == 3


@pytest.mark.parametrize("reviews", [1, 30])
@pytest.mark.parametrize("queue", ["waiting", "reported", "shown", "all"])
def test_the_queues_cost_the_same(as_role, django_assert_num_queries, reviews, queue):
    client = as_role("moderator")
    StaffName.objects.create(name="Dana Fox")
    for _ in range(reviews):
        review = make_review("published" if queue in {"reported", "shown"} else Status.PENDING)
        if queue == "reported":
            report(review)
    client.get(QUEUE)  # the site profile, which every page reads, is cached for a while

    logging = 1 if queue in {"waiting", "all"} else 3  # the same rows as above are in the access log already
    with django_assert_num_queries(3 + 4 + logging):  # of ours; the session, the user, two for what they may do
        html = client.get(f"{QUEUE}?queue={queue}").content.decode()

    assert html.count("<li class=") == reviews


def test_without_a_key_the_queues_are_still_listed(as_role, settings):
    review = make_review()
    settings.SEALING_PRIVATE_KEYS = [sealing.new_private_key()]
    client = as_role("moderator")

    assert "Cannot be decrypted with the keys on this server" in client.get(QUEUE).content.decode()
    assert client.get(url(review)).headers["Location"] == QUEUE
    for name in ("approve", "propose", "reply"):
        assert act(client, review, name).headers["Location"] == QUEUE
    assert client.post(url(review, "preview/"), {"version": 1}).headers["Location"] == QUEUE
    assert client.get(url(review, "photo/")).status_code == 404
    assert Testimonial.objects.get().status == Status.PENDING


@pytest.mark.parametrize(
    "query", ["stars__exact=5", "stars=1", "o=1", "q=5", "queue=nope", "after=x", "after=-1", "after=%00", "p=1", "e=1"]
)
def test_the_queues_take_no_other_filter(as_role, query):
    assert as_role("manager").get(f"{QUEUE}?{query}").status_code == 400


# --- stars -----------------------------------------------------------------------------------------------------------


def test_stars_are_hidden_until_the_decision(as_role):
    """Two reviews that differ only in stars have exactly the same page."""
    client = as_role("moderator")
    review = make_review(stars=1)
    at = days_ago(1)

    def seen():
        Testimonial.objects.filter(pk=review.pk).update(submitted_at=at)
        pages = [f"{QUEUE}?queue={name}" for name in ("waiting", "second", "all", "staff", "shown")]
        pages += [QUEUE, "/admin/", url(review), url(review, "history/"), "/reviews/"]
        html = [
            re.sub(r'(?:csrf|token)[^>]*value="[^"]+"|nonce="[^"]+"', "", client.get(p).content.decode()) for p in pages
        ]
        preview = client.post(url(review, "preview/"), {"version": 1}).content.decode()
        return [*html, re.sub(r'(?:csrf|token)[^>]*value="[^"]+"', "", preview)]

    ones = seen()
    Testimonial.objects.update(stars=5)
    fives = seen()
    Testimonial.objects.update(stars=None)

    assert ones == fives == seen()
    assert "Hidden until it is decided" in ones[7]


def test_stars_show_after_the_decision_and_hide_again_during_a_proposal(as_role):
    client = as_role("moderator")
    review = make_review(stars=1)
    act(client, review, "approve")

    assert "Stars: 1 of 5" in page(client, review)
    moderation.propose(review.pk, by=make_user("moderator"), version=1, reason="fake")
    assert "Hidden until it is decided" in page(client, review)
    assert "1 of 5" not in page(client, review)
    moderation.decline(review.pk, by=client.user, version=1)
    assert "Stars: 1 of 5" in page(client, review)
    author.appeal(review.pk, note="Why?")
    assert "1 of 5" not in page(client, review)


def test_stars_of_a_pending_review_are_not_even_read(as_role):
    client = as_role("moderator")
    review = make_review(stars=1)

    with CaptureQueriesContext(connection) as queries:
        client.get(QUEUE)
        client.get(url(review))

    assert len(queries) > 10
    assert [query["sql"] for query in queries if '"testimonials_testimonial"."stars"' in query["sql"]] == []


# --- one review ------------------------------------------------------------------------------------------------------


WORDS = "Kyle sat with me 👩‍👩‍👧 all night. Call 212-555-0147."


def shown_side(html):
    return re.search(r"data-shown>(.*?)</div>", html, re.S)[1]


def spans(html):
    return dict(re.findall(r'name="approve-span" value="([^"]+)"( checked)?', html))


def test_matches_are_marked_and_each_can_be_removed(as_role):
    client = as_role("moderator")
    review = make_review(words=WORDS)
    html = page(client, review)

    assert spans(html) == {"0-4-name": "", "39-51-phone": ""}
    assert '<mark data-mark="0-4-name">Kyle<small data-label>a name</small></mark>' in html
    assert shown_side(html) == WORDS
    assert re.search('data-stays>Stays in: <b dir="auto">“Kyle”, “212-555-0147”</b>', html), "beside the button"
    again = client.post(url(review, "preview/"), {"version": 1, "approve-span": ["0-4-name"]}).content.decode()
    assert shown_side(again) == "[name removed]" + WORDS[4:]
    assert spans(again) == {"0-4-name": " checked", "39-51-phone": ""}
    assert re.search('data-stays>Stays in: <b dir="auto">“212-555-0147”</b>', again)
    act(client, review, "approve", span=["0-4-name", "39-51-phone"])
    review.refresh_from_db()
    assert review.shown_words == "[name removed] sat with me 👩‍👩‍👧 all night. Call [phone number removed]."
    assert review.versions.get().payload["words"] == WORDS
    assert spans(page(client, review)) == {"0-4-name": " checked", "39-51-phone": " checked"}


def test_hidden_characters_in_stored_words_hide_no_match(as_role):
    """Words that were stored before such characters were taken out on the way in."""
    client, number = as_role("moderator"), "5\u200b5\u200b5-0104477"
    review = make_review(words=f"They sat with me. Call {number} or Ti\u00adna.")

    html = page(client, review)

    assert "Phone number" in html or "phone number" in html
    span = next(value for value in spans(html) if value.endswith("-phone"))
    act(client, review, "publish", span=[span], exact="Tina", kind="name")
    act(client, review, "publish", span=[span, *(value for value in spans(page(client, review)) if "name" in value)])
    review.refresh_from_db()
    assert number not in review.shown_words


def test_exact_words_are_marked_first_and_published_only_after_a_preview(as_role):
    client = as_role("moderator")
    review = make_review(words=WORDS)
    typed = {"exact": "all night", "kind": "duration"}
    refused = act(client, review, "approve", span=["0-4-name"], **typed).content.decode()

    assert "Check once more what readers would see" in refused
    assert shown_side(refused) == "[name removed] sat with me 👩‍👩‍👧 [length of time removed]. Call 212-555-0147."
    assert 'value="23-32-duration" checked' in refused
    assert re.search(r"<textarea[^>]*approve-exact[^>]*>\s*</textarea>", refused)
    review.refresh_from_db()
    assert review.status == Status.PENDING
    missed = client.post(
        url(review, "preview/"), {"version": 1, "approve-exact": "not there", "approve-kind": "name"}
    ).content.decode()
    assert "These words are not in the review." in missed
    assert re.search(r"<textarea[^>]*approve-exact[^>]*>\s*not there</textarea>", missed)


def test_a_span_that_cuts_an_emoji_covers_all_of_it(as_role):
    client = as_role("moderator")
    review = make_review(words=WORDS)

    act(client, review, "approve", span=["18-19-name"])

    review.refresh_from_db()
    assert review.shown_words == "Kyle sat with me [name removed] all night. Call 212-555-0147."


def test_spans_that_overlap_become_one(as_role):
    client = as_role("moderator")
    review = make_review(words="Thank you kyle and everybody.")

    act(client, review, "approve", span=["10-18-name", "12-14-number", "10-14-name"])

    review.refresh_from_db()
    assert review.shown_words == "Thank you [name removed] everybody."


@pytest.mark.parametrize(
    "span", ["x", "5-2-name", "0-99999-name", "0-4-nonsense", "-1-4-name", "0-4", "٣-٤-name", "\0"]
)
def test_odd_spans_are_refused_and_the_others_stay_marked(as_role, span):
    client = as_role("moderator")
    review = make_review(words=WORDS)

    response = act(client, review, "approve", span=["0-4-name", span])

    review.refresh_from_db()
    assert response.status_code == 200
    assert review.status == Status.PENDING
    assert 'class="errorlist' in response.content.decode()


def test_no_words_come_from_the_browser(as_role):
    client = as_role("moderator")
    review = make_review(words=WORDS)

    client.post(
        url(review, "act/approve/"), {"version": 1, "words": "Other words", "shown_words": "x", "approve-words": "y"}
    )

    review.refresh_from_db()
    assert review.shown_words == WORDS


def test_a_changed_review_has_to_be_read_again_and_keeps_no_marks(as_role):
    client = as_role("moderator")
    review = make_review(words=WORDS)
    author.edit(
        review.pk, words="Quite other words, Kyle.", name="Mo", email="w@example.org", allow=["words"], texts={}
    )

    html = act(client, review, "approve", span=["0-4-name"]).content.decode()

    assert "The author has changed this review since you opened it." in html
    assert shown_side(html) == "Quite other words, Kyle."
    assert '<input type="hidden" name="version" value="2">' in html
    assert " checked" not in str(spans(html))


def test_marks_and_text_survive_a_refused_action(as_role):
    client = as_role("moderator")
    review = make_review(words=WORDS)
    data = {
        "version": 1,
        "approve-span": ["0-4-name"],
        "propose-note": "Reads like an ad.",
        "withdraw-how": "phone",
    }

    html = client.post(url(review, "act/propose/"), data).content.decode()

    assert "Choose a reason to withhold it." in html
    assert "Reads like an ad." in html
    assert spans(html) == {"0-4-name": " checked", "39-51-phone": ""}
    assert '<option value="phone" selected>' in html
    assert "approve-with_name" in html
    assert not re.search(r'approve-with_name"[^>]*checked', html)  # it was not ticked when this was sent


def test_the_name_can_be_left_out_and_the_photo_needs_a_check(as_role, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    client = as_role("moderator")
    review = make_review(allow=["words", "name", "photo"])
    photo = photos.hold(images.reencode(picture_file()))
    photo.review = review
    photo.save()

    html = act(client, review, "approve", with_photo="on").content.decode()
    assert "Look at the photo and check this box" in html
    act(client, review, "approve", with_photo="on", nobody_else="on")
    review.refresh_from_db()
    assert review.by_line == "Someone who wrote to us"
    assert review.shown_photo
    act(client, review, "approve", with_name="on")
    review.refresh_from_db()
    assert (review.by_line, bool(review.shown_photo)) == ("Mo", False)


@pytest.mark.parametrize(
    ("name", "offered"),
    [("Mo Rivers", "Mo"), ("Dr. Mo Rivers", "Mo"), ("Rivers, Mo", "Mo"), ("Mo", None), ("mo.rivers@example.org", None)],
)
def test_the_first_name_is_offered_and_chosen_where_more_was_given(as_role, client, name, offered):
    as_role("moderator")
    review = make_review(name=name)

    html = page(client, review)
    found = re.search(r'name="approve-first_name_only"[^>]*(checked)[^>]*>\s*Only the first name: “([^”]+)”', html)
    assert (found and found[2]) == offered
    act(client, review, "approve", with_name="on", **({"first_name_only": "on"} if found else {}))

    review.refresh_from_db()
    assert review.shown_name == (offered or name)


def test_a_moderator_can_show_the_whole_name_and_finds_it_chosen_again(as_role, client):
    as_role("moderator")
    review = make_review(name="Mo Rivers")

    act(client, review, "approve", with_name="on")

    review.refresh_from_db()
    assert review.shown_name == "Mo Rivers"
    assert re.search(r'name="approve-first_name_only"(?![^>]*checked)', page(client, review))


def test_hints_are_offered_apart_from_matches(as_role, client):
    as_role("moderator")
    review = make_review(words="I am a 64 year old welder from Tulsa. Kyle came with me.")

    html = page(client, review)
    offered = re.findall(r'value="(\d+-\d+-\w+)"( data-hint)?>', html)
    assert [(value.split("-")[2], bool(hint)) for value, hint in offered] == [
        ("age", True),
        ("job", True),
        ("town", True),
        ("name", False),
    ]
    assert html.count('class="soft"') == 3
    act(client, review, "approve", span=[value for value, _ in offered])

    review.refresh_from_db()
    assert review.shown_words == "I am a [age removed] [job removed] from [place removed]. [name removed] came with me."


def test_only_moderators_see_the_photo(as_role, client):
    review = make_review(allow=["words", "photo"])
    photo = photos.hold(images.reencode(picture_file()))
    photo.review = review
    photo.save()
    there = url(review, "photo/")

    answer = as_role("moderator").get(there)
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "image/jpeg")
    assert answer.content == base64.b64decode(photo.payload["file"])
    assert "no-store" in answer.headers["Cache-Control"]
    assert as_role("compliance").get(there).status_code == 403
    assert as_role("editor").get(there).status_code == 403
    assert as_role("moderator").get(url(make_review(), "photo/")).status_code == 404
    client.logout()
    assert client.get(there).status_code == 302


def test_the_page_lists_consents_and_events(as_role):
    client = as_role("moderator")
    review = make_review(allow=["words"])
    moderation.propose(
        review.pk, by=make_user("moderator", first_name="Olga"), version=1, reason="fake", note="Same as #3."
    )

    html = page(client, review)

    text = DisplayConsent.objects.get(review=review).text
    assert "Words and stars: given" in html
    assert text.pk[:12] in html
    assert "Olga proposed to withhold it" in html
    assert "Same as #3." in html
    assert "There is good reason to think it is fake" in html
    assert "writer@example.org" not in html


def test_staff_who_agreed_may_be_named(as_role):
    StaffName.objects.create(name="Dana Fox", may_be_named=True)
    StaffName.objects.create(name="Marcus Bell")

    html = page(as_role("moderator"), make_review(words="Dana was kind and Marcus was not."))

    assert "Agreed to be named: the first name may stay if the words do not criticize them." in html
    assert "Did not agree to be named." in html


def test_danger_links_to_the_request_for_staff_who_answer_requests(as_role):
    review = make_review(words="I am going to kill myself tonight and nobody can stop me.")
    request = CallForHelp.objects.get()
    link = f"/admin/intake/callforhelp/{request.pk}/change/"

    assert "Possible danger: staff have been alerted" in page(as_role("moderator"), review)
    assert link not in page(as_role("moderator"), review)
    assert link in page(as_role("manager"), review)


def test_an_erased_review_says_so(as_role):
    review = make_review("withdrawn", words="Zebra words.")

    html = page(as_role("moderator"), review)

    assert "The content of this review was erased" in html
    assert "data-act" not in html


# --- decisions -------------------------------------------------------------------------------------------------------


def test_after_a_decision_the_next_review_to_decide_opens(as_role):
    client = as_role("moderator")
    first, mine, third = (make_review(submitted_at=days_ago(days)) for days in (3, 2, 1))
    moderation.propose(mine.pk, by=client.user, version=1, reason="fake")

    there = act(client, first, "approve", with_name="on")

    assert there.headers["Location"] == url(third)
    html = client.get(url(third)).content.decode()
    assert f'Review {first.pk} is published. <a href="{url(first)}">Open it again</a>' in html
    assert act(client, third, "approve").headers["Location"] == QUEUE


def test_two_people_withhold_and_the_second_may_disagree(as_role):
    client = as_role("moderator")
    one, other = make_review(), make_review()
    act(client, one, "propose", reason="person", note="Names a neighbor.")
    act(client, other, "propose", reason="person")
    assert 'data-act="decline"' not in page(client, one)
    assert "A second person has to agree" in act(client, one, "decline").content.decode()

    second = as_role("manager")
    act(second, one, "decline")
    act(second, other, "object", note="I see no name.")

    one.refresh_from_db()
    other.refresh_from_db()
    assert (one.status, one.reason) == ("declined", "person")
    assert (other.status, other.proposed_at) == ("pending", None)
    notes = [
        step.payload.get("note", "") for step in ReviewEvent.objects.filter(kind__in=["proposed", "proposal_rejected"])
    ]
    assert sorted(notes) == ["", "I see no name.", "Names a neighbor."]


def test_a_report_is_resolved_and_a_dangerous_review_is_hidden_at_once(as_role):
    client = as_role("moderator")
    review = report(make_review("published"), text="She lives next door to me.")

    assert "She lives next door to me." in page(client, review)
    act(client, review, "hide")
    review.refresh_from_db()
    assert review.hidden_at
    act(client, review, "keep", note="Asked both.")
    review.refresh_from_db()
    assert (review.hidden_at, Report.objects.open().count()) == (None, 0)
    assert 'data-act="keep"' not in page(client, review)


def test_publishing_with_more_removed_resolves_the_reports(as_role):
    client = as_role("moderator")
    review = report(make_review("published", words="Kyle on Elm Street 4."), kind="safety")

    act(client, review, "approve", span=["0-4-name"])

    review.refresh_from_db()
    assert (review.hidden_at, Report.objects.open().count()) == (None, 0)


def test_a_revealing_reply_is_refused_with_the_reason_and_stays_in_the_form(as_role):
    client = as_role("moderator")
    review = make_review("published")

    html = act(client, review, "reply", reply="Thank you for choosing us. Come back soon.").content.decode()
    review.refresh_from_db()
    assert review.reply == ""
    assert "<q>Thank you for choosing us.</q>" in html
    assert "Thanking someone for coming, staying or trusting us" in html
    assert "Come back soon.</textarea>" in html
    assert "Thank you for writing this. The law does not let us say" in html
    act(client, review, "reply", reply="Thank you for writing this down.")
    assert b"Thank you for writing this down." in client.get("/reviews/").content
    act(client, review, "reply", reply="")
    review.refresh_from_db()
    assert (review.reply, review.replied_at) == ("", None)


def test_staff_remove_parts_and_withdraw_for_the_author(as_role):
    client = as_role("moderator")
    review = make_review("published")

    assert "Choose how the author told us." in act(client, review, "take-back").content.decode()
    client.post(url(review, "act/take-back/"), {"version": 1, "take-back-parts": ["name"], "take-back-how": "phone"})
    review.refresh_from_db()
    assert review.by_line == "Someone who wrote to us"
    assert DisplayConsent.objects.filter(act="revoked").get().how == "on the phone"
    assert "Check this box if you are sure" in act(client, review, "withdraw", how="phone").content.decode()
    act(client, review, "withdraw", how="phone", sure="on")
    review.refresh_from_db()
    assert review.status == Status.WITHDRAWN
    assert review.erased_at


def test_an_imported_review_can_be_decided_on_once_consent_is_recorded(as_role):
    client = as_role("moderator")
    review = imported(words="A fine place, says Ana.")

    html = page(client, review)
    assert "No address" not in html  # this one has an author
    assert 'data-act="approve"' not in html
    assert "Say how we know" in act(client, review, "permit", parts=["words"]).content.decode()
    act(client, review, "permit", parts=["words", "name"], how="Ana wrote to us on May 2, letter in the safe.")
    review.refresh_from_db()
    assert (review.allow_words, review.allow_name, review.allow_photo) == (True, True, False)
    assert "Ana" not in str(DisplayConsent.objects.filter(review=review).values_list("how", flat=True))
    assert "letter in the safe" in page(client, review)
    assert 'data-act="approve"' in page(client, review)


def test_the_admin_log_holds_nothing_of_a_review(as_role):
    client = as_role("moderator")
    review = make_review(words="Zebra words.", name="Zoe")
    act(client, review, "propose", reason="person", note="Zebra note.")
    act(client, review, "object", note="Zebra too.")
    act(client, review, "approve", span=["0-5-name"])
    act(client, review, "reply", reply="Thank you for writing this down.")

    log = str(list(LogEntry.objects.values_list("object_repr", "change_message")))
    assert LogEntry.objects.count() == 4
    assert not re.search("Zebra|Zoe|writing", log)


# --- permissions -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", ["editor", "clinician", "admissions"])
def test_other_roles_do_not_decide(as_role, role):
    client = as_role(role)
    review = make_review()

    for path in (QUEUE, url(review), url(review, "photo/"), url(review, "preview/")):
        assert client.get(path).status_code == 403
    assert act(client, review, "approve").status_code == 403
    assert client.post(url(review, "preview/")).status_code == 403


def test_compliance_reads_and_changes_nothing(as_role):
    client = as_role("compliance")
    review = make_review(stars=2, words=WORDS)
    html = page(client, review)

    assert listed(client) == [review.pk]
    assert "Kyle" in html
    assert "Hidden until it is decided" in html
    assert "formaction" not in html
    assert 'type="checkbox"' not in html.split('id="acts"')[0]
    for name in ("approve", "propose", "hide", "withdraw", "reply"):
        assert act(client, review, name).status_code == 403
    assert client.post(url(review, "preview/")).status_code == 403
    assert client.get("/admin/testimonials/outgoingemail/").status_code == 200


def test_emails_show_kind_status_and_time_and_no_address(as_role):
    make_review(email="canary@example.org")
    make_review("published", email="canary@example.org")
    email = OutgoingEmail.objects.first()

    for role in ("compliance", "manager"):
        client = as_role(role)
        html = client.get("/admin/testimonials/outgoingemail/").content.decode()
        one = client.get(f"/admin/testimonials/outgoingemail/{email.pk}/change/").content.decode()
        assert "Confirm your address" in html
        assert "canary" not in html + one
    assert as_role("moderator").get("/admin/testimonials/outgoingemail/").status_code == 403


def test_managers_edit_the_roster_and_moderators_see_it(as_role):
    roster = "/admin/testimonials/staffname/"
    manager = as_role("manager")
    manager.post(f"{roster}add/", {"name": "Dana Fox", "nicknames": "Dee, Doc", "role": "nurse", "may_be_named": "on"})

    assert StaffName.objects.get().nicknames == "Dee, Doc"
    assert "Dana Fox" in as_role("moderator").get(roster).content.decode()
    assert as_role("moderator").get(f"{roster}add/").status_code == 403
    assert as_role("editor").get(roster).status_code == 403


# --- hostile ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["abc/change/", "99999999999999999999/change/", "%00/change/", "x/history/"])
def test_an_odd_address_gets_no_500(as_role, path):
    client = as_role("manager")

    assert client.get(QUEUE + path, follow=True).status_code in {200, 404}
    assert client.post(QUEUE + path, follow=True).status_code in {200, 403, 404}
    for part in ("99999999999999999999/preview/", "99999999999999999999/photo/", "1/preview/", "1/photo/"):
        assert client.get(QUEUE + part, follow=True).status_code in {200, 404}


ODD = pytest.mark.parametrize(
    "data",
    [
        {},
        {"version": "x"},
        {"version": "\0"},
        {"version": "99999999999999999999"},
        {"version": ""},
        {"version": 1, "approve-kind": "x", "approve-exact": "\0"},
        {"version": 1, "approve-exact": "x" * 6000},
        {"version": 1, "approve-span": ["0-1-name"] * 600},
        {"version": 1, "queue": "\0", "propose-reason": "x", "reply-reply": "x" * 1600, "keep-note": "\0"},
        {"version": 1, "take-back-parts": "words", "take-back-how": "x", "permit-parts": "\0"},
    ],
)


@ODD
@pytest.mark.parametrize(
    "name", ["approve", "propose", "decline", "object", "reply", "take-back", "permit", "withdraw"]
)
def test_odd_posts_get_no_500(as_role, name, data):
    client = as_role("manager")
    review = make_review("published")

    assert client.post(url(review, f"act/{name}/"), data).status_code in {200, 302}


@ODD
def test_no_post_to_the_preview_gets_a_500(as_role, data):
    client = as_role("manager")

    assert client.post(url(make_review("published"), "preview/"), data).status_code == 200


def test_a_page_with_an_outdated_reason_agrees_to_nothing(as_role):
    client, review = as_role("moderator"), make_review()
    act(client, review, "propose", reason="person")
    second = as_role("manager")
    assert '<input type="hidden" name="proposed" value="person">' in page(second, review)
    moderation.reject_proposal(review.pk, by=client.user)
    moderation.propose(review.pk, by=make_user("moderator"), version=1, reason="fake")

    stale = {"version": 1, "proposed": "person"}
    answer = second.post(url(review, "act/decline/"), stale).content.decode()

    review.refresh_from_db()
    assert review.status == "pending"
    assert "another reason" in answer
    assert '<input type="hidden" name="proposed" value="fake">' in answer


def test_a_name_with_a_last_name_is_pointed_out(client):
    client.force_login(make_user("moderator"))
    whole, first = make_review(name="Peter Kowalski"), make_review(name="Peter")

    warnings = ["more than a first name" in page(client, review) for review in (whole, first)]

    assert warnings == [True, False]
