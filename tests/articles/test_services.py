import pytest
from django.utils import timezone

from articles import services
from articles.models import Edition, State, blocks_of
from tests.factories import make_draft, make_live, make_person, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def clinician():
    user = make_user("clinician")
    make_person(name="Dana Diaz", credentials="MD", user=user)
    return user


@pytest.fixture
def editor():
    return make_user("editor")


def test_from_draft_to_live(editor, clinician):
    draft = make_draft(created_by=editor)

    services.submit(draft.pk, by=editor)
    signed = services.sign_off(draft.pk, by=clinician)

    assert Edition.objects.live().get() == signed
    assert (signed.reviewer.name, signed.signed_off_by) == ("Dana Diaz", clinician)
    assert signed.review_due_on == (signed.publish_at + timezone.timedelta(days=365)).date()


def test_signing_off_for_tomorrow_shows_nothing_today(editor, clinician):
    draft = make_draft(created_by=editor, state=State.IN_REVIEW)
    tomorrow = timezone.now() + timezone.timedelta(days=1)

    services.sign_off(draft.pk, by=clinician, publish_at=tomorrow)

    assert not Edition.objects.live().exists()
    assert Edition.objects.live(tomorrow).exists()


def test_what_is_sent_back_says_why(editor, clinician):
    draft = make_draft(state=State.IN_REVIEW)

    services.send_back(draft.pk, by=clinician, note="The dose needs a source.")

    draft.refresh_from_db()
    assert (draft.state, draft.note) == (State.DRAFT, "The dose needs a source.")


def test_a_writer_cannot_sign_off_their_own_words(clinician):
    written = make_draft(state=State.IN_REVIEW, created_by=clinician)
    bylined = make_draft(state=State.IN_REVIEW, author=clinician.person)

    for draft in (written, bylined):
        with pytest.raises(services.Refused, match="cannot sign it off"):
            services.sign_off(draft.pk, by=clinician)


def test_nobody_signs_off_without_a_name():
    draft = make_draft(state=State.IN_REVIEW)

    with pytest.raises(services.Refused, match="not linked to a person"):
        services.sign_off(draft.pk, by=make_user("clinician"))


def test_an_empty_draft_is_not_handed_in(editor):
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
def test_each_step_is_taken_from_its_own_state_only(step, state, clinician):
    closed = state in {State.SIGNED_OFF, State.WITHDRAWN}
    edition = make_live(state=state) if closed else make_draft(state=state)
    extra = {"note": "why"} if step == "send_back" else {}

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
