"""Comments on passages: found again in a changed text, resolved, seen at sign-off, and never part of the text."""

import threading

import pytest
from django.core import mail
from django.db import IntegrityError, InternalError, connection, transaction

from articles import comments, drafts, notice_emails, services, sharing
from articles.admin import comments as panel_module
from articles.content import edition_snapshot, quotes
from articles.models import (
    Callout,
    Comment,
    CommentEntry,
    Comparison,
    Edition,
    EditionEvent,
    KeyFacts,
    State,
    Text,
    blocks_of,
    refresh_text,
)
from detoxsite.core.exceptions import Refused
from tests.factories import make_draft, make_person, make_user

pytestmark = pytest.mark.django_db

LIST = "/admin/articles/edition/"
WORDS = "<p>Sleep may be poor at first.</p><p>Drink water[1]. Sleep may be poor at first.</p>"


def make_comment(edition, by=None, *, quote="Sleep may be poor", text="How poor?", **fields):
    return comments.add(edition.pk, by=by or make_user("clinician"), quote=quote, text=text, **fields)


def place_of(comment):
    texts = quotes.texts_of(comment.edition, blocks_of(comment.edition))
    return quotes.locate(texts, comment.quote, prefix=comment.prefix, suffix=comment.suffix, near=comment.place)


def panel(client, edition):
    return client.get(f"{LIST}{edition.pk}/comments/?panel").content.decode()


def post(client, edition, act, **fields):
    return client.post(f"{LIST}{edition.pk}/comments/?panel", {"act": act, **fields})


def sign_off_form(response):
    return next(entry["form"] for entry in response.context["object_actions"] if entry["action"].name == "sign-off")


def as_shown(client, edition):
    """What the form for signing off holds when its page is opened."""
    form = sign_off_form(client.get(f"{LIST}{edition.pk}/change/"))
    return {form.add_prefix(name): value for name, value in form.initial.items()}


# --- the words ---


@pytest.mark.parametrize(
    ("quote", "expected"),
    [
        ("Form Tablet Dose", "1"),  # as the page has the cells
        ("Call 911 Do not wait. Lips are blue.", "2"),
        ("Paid by Plan A Half", "3"),
        ("Dose 1.5 mg", "1"),
        ("Dose 15 mg", None),
        ("Dose 1 5 mg", None),
    ],
)
def test_words_of_several_cells_or_of_a_title_and_its_text_are_found(quote, expected):
    blocks = [
        KeyFacts(title="In short", rows="Form | Tablet\nDose | 1.5 mg"),
        Callout(title="Call 911", body="<p>Do not wait.</p><p>Lips are blue.</p>"),
        Comparison(title="Costs", cells="Paid by\tPlan A\nHalf\tAll"),
    ]
    texts = {"0": "Dose", **{str(place): quotes.plain(block.plain_text()) for place, block in enumerate(blocks, 1)}}
    assert quotes.locate(texts, quote) == expected


@pytest.mark.parametrize(
    ("texts", "context", "expected"),
    [
        ({"0": "one two", "1": "two three"}, {}, "0"),
        ({"0": "one two", "1": "two three"}, {"near": "1"}, "1"),
        ({"0": "one two", "1": "two three"}, {"suffix": " three", "near": "0"}, "1"),
        ({"0": "one two", "1": "so two"}, {"prefix": "and so ", "near": "0"}, "1"),
        ({"0": "one"}, {"near": "7"}, None),
    ],
)
def test_the_context_decides_which_of_equal_words_are_meant(texts, context, expected):
    assert quotes.locate(texts, "two", **context) == expected


def test_words_are_found_after_the_text_around_them_has_changed():
    draft = make_draft(WORDS)
    comment = make_comment(draft, quote="Drink  water[1].", prefix="at first. ", suffix=" Sleep may")
    assert (comment.place, comment.quote) == ("0", "Drink water.")

    Text.objects.filter(parent=draft).update(ordering=30, body="<p>Drink water.[2] Do.</p>")
    Text.objects.create(parent=draft, region="main", ordering=10, body="<p>New.</p>")
    assert place_of(comment) == "1"

    Text.objects.filter(parent=draft).update(body="<p>Drink tea.</p>")
    assert place_of(comment) is None


# --- the thread ---


def test_a_thread_is_answered_resolved_and_reopened_and_keeps_every_step():
    writer, clinician = make_user("editor"), make_user("clinician")
    draft = make_draft(created_by=writer)
    comment = make_comment(draft, clinician)

    comments.reply(draft.pk, by=writer, comment=comment.pk, text="For a week.")
    comments.resolve(draft.pk, by=writer, comment=comment.pk)
    comments.resolve(draft.pk, by=clinician, comment=comment.pk)  # a moment later: it is resolved already
    comment.refresh_from_db()
    assert comment.resolved_by == writer
    comments.reopen(draft.pk, by=clinician, comment=comment.pk)
    comments.resolve(draft.pk, by=clinician, comment=comment.pk)
    comments.reply(draft.pk, by=writer, comment=comment.pk, text="Wait.")  # not knowing that it is resolved

    comment.refresh_from_db()
    assert comment.resolved_at is None
    steps = [(entry.kind, entry.by, entry.text) for entry in comment.entries.all()]
    assert steps == [
        ("replied", writer, "For a week."),
        ("resolved", writer, ""),
        ("reopened", clinician, ""),
        ("resolved", clinician, ""),
        ("replied", writer, "Wait."),
    ]


def test_writers_and_the_person_who_commented_resolve_and_nobody_else():
    draft, owner, contributor = make_draft(created_by=make_user()), make_user("manager"), make_user()
    draft.article.owner = owner
    draft.article.save()
    draft.contributors.add(contributor)

    for person in (draft.created_by, owner, contributor):
        comments.resolve(draft.pk, by=person, comment=make_comment(draft).pk)
    with pytest.raises(Refused, match="someone who writes"):
        comments.resolve(draft.pk, by=make_user("clinician"), comment=make_comment(draft).pk)


@pytest.mark.parametrize("state", [State.SIGNED_OFF, "archived"])
def test_a_closed_edition_keeps_its_comments_as_they_are(state, client):
    draft, clinician = make_draft(), make_user("clinician")
    comment = make_comment(draft, clinician)
    if state == "archived":
        drafts.archive(draft.pk, by=make_user())
    else:
        services.submit(draft.pk, by=make_user())
        make_person(user=clinician)
        read = services.sign_off_fingerprint(draft)
        services.sign_off(
            draft.pk, by=clinician, read=read, comments_read=True, last_comment=comment.pk, amber_read=True
        )
    client.force_login(clinician)

    refused = post(client, draft, "reply", comment=comment.pk, text="Too late.")

    assert refused.status_code == 422
    assert "Its comments stay as they are." in refused.content.decode()
    assert "Too late." in refused.content.decode()  # what was typed is not lost
    assert not CommentEntry.objects.exists()
    assert "How poor?" in panel(client, draft)
    assert "<form" not in panel(client, draft)


def test_what_was_said_is_never_changed_and_goes_with_a_deleted_draft():
    draft = make_draft(created_by=make_user())
    comment = make_comment(draft)
    comments.reply(draft.pk, by=draft.created_by, comment=comment.pk, text="So.")

    for change in (
        lambda: Comment.objects.update(text="Other."),
        lambda: CommentEntry.objects.update(text="Other."),
        lambda: Comment.objects.filter(pk=comment.pk).delete(),
        lambda: CommentEntry.objects.all().delete(),
    ):
        with pytest.raises(InternalError), transaction.atomic():
            change()
    with pytest.raises(IntegrityError, match="comment_on_some_words"), transaction.atomic():
        Comment.objects.create(edition=draft, by=draft.created_by, quote="", text="x")

    drafts.delete(draft.pk, by=draft.created_by)
    assert not Comment.objects.exists()
    assert not CommentEntry.objects.exists()


def test_what_is_left_open_comes_along_to_the_next_draft_until_it_is_resolved():
    clinician, editor = make_user("clinician"), make_user()
    draft = make_draft(created_by=editor, state=State.IN_REVIEW)
    make_person(user=clinician)
    left, done = make_comment(draft, clinician), make_comment(draft, clinician)
    comments.resolve(draft.pk, by=clinician, comment=done.pk)
    read = services.sign_off_fingerprint(draft)
    services.sign_off(draft.pk, by=clinician, read=read, comments_read=True, last_comment=left.pk, amber_read=True)

    new = services.start_draft(draft.pk, by=editor)
    assert list(Comment.objects.shown_with(new)) == [left]
    comments.resolve(new.pk, by=editor, comment=left.pk)

    assert list(Comment.objects.shown_with(new)) == [left]
    assert not Comment.objects.shown_with(new).open()
    assert set(Comment.objects.shown_with(draft)) == {left, done}


@pytest.mark.django_db(transaction=True)
def test_of_two_people_who_answer_at_once_neither_loses_a_word():
    draft = make_draft(created_by=make_user())
    comment, people = make_comment(draft), [make_user(), make_user("clinician")]

    def answer(person):
        comments.reply(draft.pk, by=person, comment=comment.pk, text=person.email)
        connection.close()

    threads = [threading.Thread(target=answer, args=(person,)) for person in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(entry.text for entry in comment.entries.all()) == sorted(person.email for person in people)


# --- at sign-off ---


def test_comments_change_neither_the_text_nor_its_fingerprint():
    draft = make_draft(WORDS, state=State.IN_REVIEW)
    before = edition_snapshot.fingerprint(edition_snapshot.from_edition(draft)), services.sign_off_fingerprint(draft)

    comment = make_comment(draft)
    comments.resolve(draft.pk, by=comment.by, comment=comment.pk)

    after = edition_snapshot.fingerprint(edition_snapshot.from_edition(draft)), services.sign_off_fingerprint(draft)
    assert after == before


def test_signing_off_while_comments_are_open_takes_a_deliberate_step_and_is_recorded(as_role):
    client = as_role("clinician")
    make_person(user=client.user)
    draft = make_draft(state=State.IN_REVIEW)
    make_comment(draft)
    page, act = f"{LIST}{draft.pk}/change/", f"{LIST}{draft.pk}/act/sign-off/"
    seen = as_shown(client, draft)
    assert "1 comment is open: I have read them and sign off anyway" in client.get(page).content.decode()

    assert "1 comment is open. Resolve them" in client.post(act, seen).content.decode()
    later = make_comment(draft, text="And this?")
    answer = client.post(act, {**seen, "sign-off-comments_read": "on"})
    assert "Someone has commented since you opened this page" in answer.content.decode()
    assert "2 comments are open: I have read them" in answer.content.decode()
    assert f'name="sign-off-last_comment" value="{later.pk}"' in answer.content.decode()
    assert sign_off_form(answer)["comments_read"].value() is False  # that was about one comment
    seen["sign-off-last_comment"] = later.pk
    assert client.post(act, {**seen, "sign-off-comments_read": "on"}).status_code == 302

    event = EditionEvent.objects.get(kind=EditionEvent.Kind.SIGNED_OFF)
    assert event.note == "With 2 comments left open"


@pytest.mark.parametrize("step", ["reply", "reopen"])
def test_what_a_colleague_adds_to_a_thread_after_the_page_was_opened_is_read_before_signing_off(as_role, step):
    client, colleague = as_role("clinician"), make_user("clinician")
    make_person(user=client.user)
    draft = make_draft(state=State.IN_REVIEW)
    thread, last = make_comment(draft, colleague), make_comment(draft, colleague)
    if step == "reopen":
        comments.resolve(draft.pk, by=colleague, comment=thread.pk)
    act, seen = f"{LIST}{draft.pk}/act/sign-off/", as_shown(client, draft) | {"sign-off-comments_read": "on"}

    getattr(comments, step)(draft.pk, by=colleague, comment=thread.pk, **({"text": "No."} if step == "reply" else {}))
    answer = client.post(act, seen)
    assert "Someone has commented since you opened this page" in answer.content.decode()

    seen["sign-off-last_entry"] = sign_off_form(answer)["last_entry"].value()
    comments.reply(draft.pk, by=client.user, comment=last.pk, text="Agreed.")  # what one said oneself is read
    assert client.post(act, seen).status_code == 302


def test_a_comment_that_arrives_while_the_page_is_made_is_not_taken_as_read(as_role, monkeypatch):
    client, colleague = as_role("clinician"), make_user("clinician")
    draft = make_draft(state=State.IN_REVIEW)
    make_comment(draft, colleague)
    read_rows = panel_module.panel_context

    def and_then_someone_comments(*args, **kwargs):
        shown = read_rows(*args, **kwargs)
        make_comment(draft, colleague)
        return shown

    monkeypatch.setattr(panel_module, "panel_context", and_then_someone_comments)
    response = client.get(f"{LIST}{draft.pk}/change/")

    [shown] = response.context["open_threads"]
    assert sign_off_form(response).initial["last_comment"] == shown.comment.pk


@pytest.mark.parametrize("publish_at", ["", "never"])  # the form is refused by the service, or by itself
def test_a_changed_text_is_read_and_confirmed_again(as_role, publish_at):
    client = as_role("clinician")
    draft = make_draft(WORDS, state=State.IN_REVIEW)
    make_person(user=client.user)
    make_comment(draft)
    before = as_shown(client, draft) | {"sign-off-comments_read": "on", "sign-off-amber_read": "on"}
    services.take_back(draft.pk, by=draft.created_by)
    Text.objects.filter(parent=draft).update(body="<p>Drink tea.</p>")
    services.submit(draft.pk, by=draft.created_by)

    answer = client.post(f"{LIST}{draft.pk}/act/sign-off/", before | {"sign-off-publish_at": publish_at})

    form = sign_off_form(answer)
    assert answer.content.decode().count("Read it again, then sign off.</li>") == 1
    assert (form["amber_read"].value(), form["comments_read"].value()) == (False, False)
    assert form["read"].value() == services.sign_off_fingerprint(Edition.objects.get(pk=draft.pk))


def test_comments_are_the_detail_of_a_remark_and_no_word_of_them_is_in_the_email(as_role):
    client = as_role("clinician")
    editor = make_user("editor")
    draft = make_draft(state=State.IN_REVIEW, created_by=editor, title="Canary title")
    act = f"{LIST}{draft.pk}/act/send-back/"
    assert "Say what should change, here or in comments" in client.post(act).content.decode()

    for text in ("Canary comment", "Canary other"):
        post(client, draft, "add", quote="dangerous", text=text, is_selected="1")
    assert client.post(act).status_code == 302

    draft.refresh_from_db()
    assert draft.note == "See 2 comments on the text."
    mail.outbox.clear()
    notice_emails.dispatcher.send_due()
    [message] = mail.outbox
    assert message.subject == f"Sent back, with a remark for you and 2 comments in the text: {draft.reference}"
    assert "Canary" not in message.subject + message.body
    assert f"/admin/articles/edition/{draft.pk}/change/" in message.body


def test_the_signer_sees_open_comments_and_what_was_resolved_since_the_last_round(as_role):
    client = as_role("clinician")
    editor = make_user("editor")
    draft = make_draft("<p>Rest well. Drink water.</p>", state=State.IN_REVIEW, created_by=editor)
    done, still = (make_comment(draft, client.user, quote=words) for words in ("Rest well", "Drink water"))
    services.send_back(draft.pk, by=client.user, note="")
    comments.resolve(draft.pk, by=editor, comment=done.pk)
    Text.objects.filter(parent=draft).update(body="<p>Rest well. Drink tea.</p>")
    refresh_text(draft)
    services.submit(draft.pk, by=editor)

    html = client.get(f"{LIST}{draft.pk}/change/").content.decode()
    first, second = html.split(f'id="comment-{still.pk}"')[1].split(f'id="comment-{done.pk}"')

    assert "data-gone>The words have changed." in first
    assert "Resolved since the last round" in second
    assert 'href="#place-0"' in second
    assert 'id="place-0"' in html
    assert "1 comment open" in html


def test_the_first_page_says_how_many_comments_are_open(as_role):
    client = as_role("editor")
    draft = make_draft(created_by=client.user)
    done, _ = make_comment(draft), make_comment(draft)
    comments.resolve(draft.pk, by=client.user, comment=done.pk)

    assert "Draft, 1 comment<" in "".join(client.get("/admin/").content.decode().split("\n"))


# --- at the door ---


def test_only_those_who_write_or_sign_comment_and_others_may_read(as_role):
    draft = make_draft()
    make_comment(draft, text="Seen by staff")
    before = Comment.objects.count()

    for role, read, written in (
        ("editor", 200, 200),
        ("manager", 200, 200),
        ("compliance", 200, 403),
        ("moderator", 404, 404),
    ):
        client = as_role(role)
        assert client.get(f"{LIST}{draft.pk}/comments/").status_code == read
        answer = post(client, draft, "add", quote="dangerous", text="x", is_selected="1")
        assert answer.status_code == written, role
    assert Comment.objects.count() == before + 2
    client.logout()
    assert post(client, draft, "add", quote="dangerous", text="x", is_selected="1").status_code == 302
    assert Comment.objects.count() == before + 2


def test_words_typed_by_hand_are_looked_up_in_the_saved_text(as_role):
    client, draft = as_role("editor"), make_draft(WORDS)
    url = f"{LIST}{draft.pk}/comments/"

    wrong = client.post(url, {"act": "add", "place": "summary", "quote": "Drink water", "text": "Much?"})
    gone = client.post(url, {"act": "add", "place": "57", "quote": "Drink water", "text": "Much?"})  # a block of before
    right = client.post(url, {"act": "add", "place": "0", "quote": " Drink water. ", "text": "Much?"})

    assert wrong.status_code == 422
    assert "These words are not there as you typed them." in wrong.content.decode()
    assert "Much?</textarea>" in wrong.content.decode()
    assert gone.status_code == 422
    assert "57 is not one of the available choices." in gone.content.decode()
    assert (right.status_code, right["Location"]) == (302, f"{LIST}{draft.pk}/change/#comments")
    assert Comment.objects.get().quote == "Drink water."


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"act": "drop"},
        {"act": "add"},
        {"act": "add", "quote": "x" * 501, "text": "y" * 2001, "prefix": "z" * 41},
        {"act": "add", "quote": "[1]", "text": "x", "is_selected": "1"},
        {"act": "add", "quote": "\x00\ud800", "text": "\x00", "place": "999999999"},
        {"act": "reply", "comment": "9" * 30, "text": "x"},
        {"act": "reply", "comment": "7", "text": "x"},
        {"act": "resolve", "comment": "-1"},
        {"act": "reopen", "comment": "٣"},
    ],
)
def test_hostile_input_is_refused(as_role, data):
    client, draft = as_role("editor"), make_draft()

    data = {name: value.encode("utf-8", "surrogatepass") for name, value in data.items()}
    answers = [client.post(f"{LIST}{draft.pk}/comments/{panel}", data) for panel in ("?panel", "")]

    assert {answer.status_code for answer in answers} <= {400, 422}
    assert not Comment.objects.exists()


def test_readers_never_see_a_comment(client, as_role):
    draft = make_draft("<p>Rest well.</p>", state=State.IN_REVIEW)
    make_comment(draft, quote="Rest well", text="Canary comment")

    shared = client.get(f"/articles/shown/{sharing.token_for(draft)}/")
    preview = as_role("clinician").get(f"{LIST}{draft.pk}/preview/")

    assert "Rest well." in shared.content.decode()
    assert "Canary" not in shared.content.decode() + preview.content.decode()


@pytest.mark.parametrize("count", [1, 3])
def test_the_panel_costs_the_same_for_any_number_of_comments(as_role, django_assert_max_num_queries, count):
    client, draft = as_role("editor"), make_draft()
    for _ in range(count):
        comments.reply(draft.pk, by=client.user, comment=make_comment(draft).pk, text="So.")
    client.get("/admin/")

    with django_assert_max_num_queries(16):
        assert panel(client, draft).count('class="reply"') == count
