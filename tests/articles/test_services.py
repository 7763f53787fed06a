import pytest
from django.utils import timezone

from articles import editorial_gate, relocation, services
from articles.content import edition_snapshot
from articles.models import (
    Article,
    Callout,
    DraftAutosave,
    Edition,
    EditionEvent,
    KeyFacts,
    State,
    Text,
    blocks_of,
)
from detoxsite.core import redirects
from detoxsite.core.models import Redirect
from tests.factories import make_draft, make_live, make_person, make_topic, make_user

pytestmark = pytest.mark.django_db


def test_from_draft_to_live(editor, clinician):
    draft = make_draft(created_by=editor)

    services.submit(draft.pk, by=editor)
    signed = services.sign_off(draft.pk, by=clinician, read=services.sign_off_fingerprint(draft))

    assert Edition.objects.live().get() == signed
    assert (signed.reviewer.name, signed.signed_off_by) == ("Dana Diaz", clinician)
    assert signed.review_due_on == timezone.localdate(signed.publish_at + timezone.timedelta(days=365))


def test_signing_off_for_tomorrow_shows_nothing_today(editor, clinician):
    draft = make_draft(created_by=editor, state=State.IN_REVIEW)
    tomorrow = timezone.now() + timezone.timedelta(days=1)

    services.sign_off(draft.pk, by=clinician, read=services.sign_off_fingerprint(draft), publish_at=tomorrow)

    assert not Edition.objects.live().exists()
    assert Edition.objects.live(tomorrow).exists()


def test_an_edition_that_is_sent_back_says_why(editor, clinician):
    draft = make_draft(state=State.IN_REVIEW)

    services.send_back(draft.pk, by=clinician, note="The dose needs a source.")

    draft.refresh_from_db()
    assert (draft.state, draft.note) == (State.DRAFT, "The dose needs a source.")


def test_a_clinician_cannot_sign_off_their_own_text(clinician):
    written = make_draft(state=State.IN_REVIEW, created_by=clinician)
    bylined = make_draft(state=State.IN_REVIEW, author=clinician.person)

    for draft in (written, bylined):
        with pytest.raises(services.Refused, match="cannot sign it off"):
            services.sign_off(draft.pk, by=clinician, read=services.sign_off_fingerprint(draft))


def test_nobody_signs_off_without_a_name():
    draft = make_draft(state=State.IN_REVIEW)

    with pytest.raises(services.Refused, match="not linked to a person"):
        services.sign_off(draft.pk, by=make_user("clinician"), read=services.sign_off_fingerprint(draft))


def test_an_empty_draft_is_not_submitted(editor):
    draft = make_draft("")

    with pytest.raises(services.Refused, match="no text yet"):
        services.submit(draft.pk, by=editor)


ALLOWED = {
    "submit": {State.DRAFT},
    "take_back": {State.IN_REVIEW},
    "send_back": {State.IN_REVIEW},
    "sign_off": {State.IN_REVIEW},
    "withdraw": {State.SIGNED_OFF},
}


@pytest.mark.parametrize("state", State.values)
@pytest.mark.parametrize("step", ALLOWED)
def test_each_status_change_starts_from_its_own_status_only(step, state, clinician):
    closed = state in {State.SIGNED_OFF, State.WITHDRAWN}
    edition = make_live(state=state) if closed else make_draft(state=state)
    extra = {"send_back": {"note": "why"}, "sign_off": {"read": services.sign_off_fingerprint(edition)}}.get(step, {})

    def take():
        getattr(services, step)(edition.pk, by=clinician, **extra)

    if state in ALLOWED[step]:
        take()
    else:
        with pytest.raises(services.Refused, match="This edition is"):
            take()
        edition.refresh_from_db()
        assert edition.state == state


def test_a_new_draft_is_a_copy_and_leaves_the_live_page_alone(editor):
    live = make_live("<p>As it was.[1]</p>", sources=2)

    draft = services.start_draft(live.pk, by=editor)
    block = blocks_of(draft)[0]
    block.body = "<p>As it will be.</p>"
    block.save()

    assert draft.number == 2
    assert [source.title for source in draft.sources.all()] == ["Study 1", "Study 2"]
    assert [block.body for block in blocks_of(live)] == ["<p>As it was.[1]</p>"]
    assert Edition.objects.live().get() == live
    with pytest.raises(services.Refused, match="open draft"):
        services.start_draft(live.pk, by=editor)


def test_withdrawing_brings_back_the_edition_before(clinician):
    old = make_live(title="Old")
    new = make_live(title="New", article=old.article)

    services.withdraw(new.pk, by=clinician)

    assert Edition.objects.live().get() == old


# --- refusals --------------------------------------------------------------------------------------------------------


def key_of(edition, code):
    found = editorial_gate.check_edition(edition)
    return next(finding.key for finding in [*found.red, *found.amber] if finding.code == code)


PROMISE = "<p>We guarantee that you sleep.</p>"
AMBER = '<p>Read <a href="/articles/">here</a> about sleep.</p>'


def test_a_red_finding_blocks_submitting_until_it_is_waived(editor):
    draft = make_draft(PROMISE)
    with pytest.raises(services.Refused, match="1 red finding"):
        services.submit(draft.pk, by=editor)

    editorial_gate.waive(draft.pk, by=editor, key=key_of(draft, "promise"), reason="A joke.")
    services.submit(draft.pk, by=editor)

    [waiver] = draft.waivers.all()
    assert (waiver.by, waiver.reason, waiver.code) == (editor, "A joke.", "promise")
    assert draft.events.get(kind=EditionEvent.Kind.WAIVED).note.endswith("A joke.")


def test_a_waiver_ends_when_the_text_changes(editor):
    draft = make_draft(PROMISE)
    editorial_gate.waive(draft.pk, by=editor, key=key_of(draft, "promise"), reason="A joke.")

    Text.objects.filter(parent=draft).update(body="<p>We guarantee that you eat.</p>")

    with pytest.raises(services.Refused, match="1 red finding"):
        services.submit(draft.pk, by=editor)


@pytest.mark.parametrize(
    ("before", "after", "code"),
    [
        ("Take 1–5 mg now.", "Take 1.5 mg now.", "dose-source"),
        ("It works for 10 % of people, and 20 % sleep.", "It works for 90 % of people, and 20 % sleep.", "statistic"),
        ("No source [7] here.", "No source [8] here.", "dangling-reference"),
    ],
)
def test_a_waiver_ends_when_a_number_or_a_sign_changes(editor, before, after, code):
    draft = make_draft(f"<p>{before}</p>")
    editorial_gate.waive(draft.pk, by=editor, key=key_of(draft, code), reason="A joke.")

    Text.objects.filter(parent=draft).update(body=f"<p>{after}</p>")

    assert code in {finding.code for finding in editorial_gate.check_edition(draft).red}


def test_waiving_one_term_leaves_the_others_of_its_sentence(editor):
    draft = make_draft("<p>Every junkie is an alcoholic.</p>")
    amber = next(finding for finding in editorial_gate.check_edition(draft).amber if finding.code == "stigma")

    editorial_gate.waive(draft.pk, by=editor, key=amber.key, reason="A quotation.")

    assert [finding.code for finding in editorial_gate.check_edition(draft).red] == ["stigma"]


def test_a_person_who_waived_a_finding_does_not_sign_off(clinician, editor):
    draft = make_draft(PROMISE, created_by=editor)
    editorial_gate.waive(draft.pk, by=clinician, key=key_of(draft, "promise"), reason="A joke.")
    services.submit(draft.pk, by=editor)

    with pytest.raises(services.Refused, match="marked a false alarm"):
        services.sign_off(draft.pk, by=clinician, read=services.sign_off_fingerprint(draft))


def test_a_waiver_is_copied_into_the_next_draft(editor, clinician):
    draft = make_draft(PROMISE, created_by=editor)
    editorial_gate.waive(draft.pk, by=editor, key=key_of(draft, "promise"), reason="A joke.")
    services.submit(draft.pk, by=editor)
    signed = services.sign_off(draft.pk, by=clinician, read=services.sign_off_fingerprint(draft))

    following = services.start_draft(signed.pk, by=editor)

    assert editorial_gate.check_edition(following).red == []
    assert following.waivers.get().by == editor


def test_findings_that_do_not_exist_or_are_not_open_cannot_be_waived(editor):
    draft, live = make_draft(PROMISE), make_live(PROMISE)

    with pytest.raises(services.Refused, match="no longer open"):
        editorial_gate.waive(draft.pk, by=editor, key="0" * 16, reason="A joke.")
    with pytest.raises(services.Refused, match="Only findings on a draft"):
        editorial_gate.waive(live.pk, by=editor, key=key_of(live, "promise"), reason="A joke.")
    editorial_gate.waive(draft.pk, by=editor, key=key_of(draft, "promise"), reason="A joke.")
    with pytest.raises(services.Refused, match="no longer open"):
        editorial_gate.waive(draft.pk, by=editor, key=draft.waivers.get().key, reason="Again.")


def test_a_finding_on_unsaved_text_can_be_waived_by_its_author(editor):
    draft = make_draft("<p>Quiet words.</p>")
    typed = [["articles_text_set-TOTAL_FORMS", "1"], ["articles_text_set-0-body", PROMISE]]
    DraftAutosave.objects.create(user=editor, edition=draft, seen_at=timezone.now(), form_data=typed)
    key = key_of(make_draft(PROMISE), "promise")

    with pytest.raises(services.Refused, match="no longer open"):
        editorial_gate.waive(draft.pk, by=make_user("editor"), key=key, reason="A joke.")
    editorial_gate.waive(draft.pk, by=editor, key=key, reason="A joke.")

    assert draft.waivers.get().key == key


def test_amber_findings_must_be_confirmed(editor, clinician):
    draft = make_draft(AMBER, created_by=editor)
    services.submit(draft.pk, by=editor)

    with pytest.raises(services.Refused, match="Read the 1 amber finding"):
        services.sign_off(draft.pk, by=clinician, read=services.sign_off_fingerprint(draft))
    services.sign_off(draft.pk, by=clinician, read=services.sign_off_fingerprint(draft), amber_read=True)

    assert Edition.objects.live().exists()


def test_nobody_signs_a_text_other_than_the_one_they_read(editor, clinician):
    draft = make_draft(created_by=editor)
    services.submit(draft.pk, by=editor)
    read = services.sign_off_fingerprint(draft)
    services.take_back(draft.pk, by=editor)
    Text.objects.filter(parent=draft).update(body="<p>Other words.</p>")
    services.submit(draft.pk, by=editor)

    with pytest.raises(services.Refused, match="text has changed since"):
        services.sign_off(draft.pk, by=clinician, read=read)

    signed = services.sign_off(draft.pk, by=clinician, read=services.sign_off_fingerprint(draft))
    assert services.is_as_signed(signed)
    assert signed.signed_as == "Dana Diaz, MD"
    assert signed.reviewed_on == timezone.localdate()


@pytest.mark.parametrize(
    "change",
    [
        lambda edition: Edition.objects.filter(pk=edition.pk).update(title="Other"),
        lambda edition: Edition.objects.filter(pk=edition.pk).update(summary="Other"),
        lambda edition: Edition.objects.filter(pk=edition.pk).update(changes="Other"),
        lambda edition: Edition.objects.filter(pk=edition.pk).update(author=make_person()),
        lambda edition: Text.objects.filter(parent=edition).update(body="<p>Other</p>"),
        lambda edition: Text.objects.filter(parent=edition).update(is_dosing=True),
        lambda edition: edition.sources.update(year=1999),
        lambda edition: edition.sources.update(accessed_on="2020-01-01"),
        lambda edition: Callout.objects.filter(parent=edition).update(tone="danger"),
        lambda edition: Callout.objects.filter(parent=edition).update(ordering=1),
        lambda edition: Callout.objects.filter(parent=edition).delete(),
    ],
)
def test_every_change_changes_the_fingerprint(change):
    edition = make_draft(sources=1, blocks=[Callout(ordering=20, title="Mind", body="<p>You.</p>")])
    before = edition_snapshot.fingerprint(edition_snapshot.from_edition(edition))

    change(edition)

    assert edition_snapshot.fingerprint(edition_snapshot.from_edition(Edition.objects.get(pk=edition.pk))) != before


def test_typed_and_stored_text_make_the_same_document():
    edition = make_draft(
        "<p>Words.[1]</p>",
        sources=1,
        blocks=[
            Callout(ordering=20, title="Mind", body="<p>You.</p>", tone="note"),
            KeyFacts(ordering=5, rows="a | b"),
        ],
    )
    typed = {"title": edition.title, "summary": edition.summary, "changes": "", "author": edition.author_id}
    typed |= {"articles_text_set-TOTAL_FORMS": "1", "articles_text_set-0-body": "<p>Words.[1]</p>"}
    typed |= {"articles_text_set-0-ordering": "10", "articles_callout_set-TOTAL_FORMS": "1"}
    typed |= {"articles_callout_set-0-title": "Mind", "articles_callout_set-0-body": "<p>You.</p>"}
    typed |= {"articles_callout_set-0-tone": "note", "articles_callout_set-0-ordering": "20"}
    typed |= {"articles_keyfacts_set-TOTAL_FORMS": "1", "articles_keyfacts_set-0-rows": "a | b"}
    typed |= {"articles_keyfacts_set-0-title": "Key facts", "articles_keyfacts_set-0-ordering": "5"}
    typed |= {"sources-TOTAL_FORMS": "1", "sources-0-position": "1", "sources-0-title": "Study 1"}
    typed |= {"sources-0-container": "JAMA", "sources-0-year": "2020"}

    assert edition_snapshot.as_lines(edition_snapshot.from_form(typed)) == edition_snapshot.as_lines(
        edition_snapshot.from_edition(edition)
    )


# --- withdrawing, moving, history ------------------------------------------------------------------------------------


def test_a_page_is_withdrawn_as_a_whole(clinician):
    old = make_live(title="Old")
    new = make_live(title="New", article=old.article)

    services.withdraw(new.pk, by=clinician, note="A wrong dose.", whole=True)

    assert not Edition.objects.live().exists()
    assert [step.note for step in EditionEvent.objects.filter(kind=EditionEvent.Kind.WITHDRAWN)] == [
        "A wrong dose."
    ] * 2


def test_an_old_edition_is_restored_as_a_new_draft(editor):
    old = make_live("<p>As it was.</p>", title="Old")
    make_live("<p>As it is.</p>", article=old.article)

    draft = services.start_draft(old.pk, by=editor)

    assert (draft.number, draft.based_on, draft.title) == (3, old, "Old")
    assert [block.body for block in blocks_of(draft)] == ["<p>As it was.</p>"]
    assert draft.events.get().kind == EditionEvent.Kind.RESTORED


def test_an_article_moves_and_leaves_its_old_address_behind(editor):
    live, topic = make_live(slug="old"), make_topic()

    relocation.relocate(live.pk, by=editor, slug="new", topic=topic, owner=editor)
    article = Article.objects.get()
    assert (article.slug, article.topic, article.owner) == ("new", topic, editor)
    assert redirects.target_of("/articles/old/") == "/articles/new/"

    relocation.relocate(live.pk, by=editor, slug="old", topic=topic)
    assert redirects.paths_to("/articles/old/") == ["/articles/new"]


def test_an_article_that_readers_never_saw_leaves_no_redirect_behind(editor):
    tomorrow = timezone.now() + timezone.timedelta(days=1)

    for edition, slug in ((make_draft(slug="draft"), "other"), (make_live(slug="soon", publish_at=tomorrow), "later")):
        relocation.relocate(edition.pk, by=editor, slug=slug, topic=make_topic())

    assert not Redirect.objects.exists()


@pytest.mark.parametrize("taken", ["theirs", "once-theirs", "feed"])
def test_an_address_that_is_or_was_taken_is_refused(editor, taken):
    theirs = make_live(slug="once-theirs")
    relocation.relocate(theirs.pk, by=editor, slug="theirs", topic=make_topic())

    with pytest.raises(services.Refused):
        relocation.relocate(make_live(slug="mine").pk, by=editor, slug=taken, topic=make_topic())

    assert sorted(Article.objects.values_list("slug", flat=True)) == ["mine", "theirs"]


def test_the_edition_that_readers_saw_is_known_for_every_moment(clinician):
    now, hour = timezone.now(), timezone.timedelta(hours=1)
    old = make_live(title="Old", publish_at=now - 5 * hour)
    new = make_live(title="New", article=old.article, publish_at=now - 3 * hour)
    services.withdraw(new.pk, by=clinician)

    def seen(moment):
        return [edition.title for edition in Edition.objects.visible_at(moment)]

    assert seen(now - 6 * hour) == []
    assert seen(now - 4 * hour) == ["Old"]
    assert seen(now - 2 * hour) == ["New"]
    assert seen(now + hour) == ["Old"]
