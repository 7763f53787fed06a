"""Plain builders of the smallest valid objects; any field can be given."""

import secrets

from django.contrib.auth.models import Group
from django.utils import timezone

from articles.content import edition_snapshot, finished
from articles.models import Article, Edition, Kind, Person, Source, State, Text, Topic, refresh_text
from detoxsite.core.models import User
from intake.models import ANSWERS
from intake.portal import services as portal_services
from intake.reception.identifiers import Identity
from intake.reception.receive import receive as receive_request
from intake.reception.receive import seal_request
from intake.records.consent_texts import CONSENT
from testimonials.models import Reason, Relationship, Status
from testimonials.services import author, lifecycle, moderation, submission


def make_user(role="editor", **fields):
    fields = {"email": f"{role}-{secrets.token_hex(4)}@example.org", "is_staff": True, **fields}
    user = User.objects.create_user(fields.pop("email"), "correct horse battery", **fields)
    user.groups.add(Group.objects.get(name=role))
    return user


def make_person(**fields):
    name = secrets.token_hex(4)
    return Person.objects.create(
        **{"name": f"Person {name}", "slug": name, "credentials": "RN", "role": "Nurse", **fields}
    )


def make_topic(**fields):
    slug = secrets.token_hex(4)
    return Topic.objects.create(
        **{"name": f"Topic {slug}", "slug": slug, "intro": "What a reader finds here.", **fields}
    )


def make_page(slug="about", *, kind=Kind.HOUSE, parent=None, **fields):
    """A live page; ``fields`` as for ``make_live``. ``parent``: an edition of the page above."""
    article = Article.objects.create(kind=kind, slug=slug, parent=parent and parent.article)
    return make_live(article=article, **{"title": slug.replace("-", " ").capitalize(), **fields})


STATUS_PATH = [State.DRAFT, State.IN_REVIEW, State.SIGNED_OFF, State.WITHDRAWN]  # the database allows no other


def make_draft(
    body="<p>Alcohol withdrawal can be dangerous.</p>", *, slug=None, topic=None, sources=0, blocks=(), **fields
):
    """A draft (or an edition in ``state``) with a text block and ``blocks``, of a new article unless one is given."""
    article = fields.pop("article", None) or Article.objects.create(
        slug=slug or secrets.token_hex(6), topic=topic or make_topic()
    )
    state, sign_off = fields.pop("state", State.DRAFT), {}
    if state in {State.SIGNED_OFF, State.WITHDRAWN}:
        names = ("reviewer", "signed_off_by", "signed_off_at", "publish_at", "reviewed_on", "review_due_on", "card")
        sign_off = {name: fields.pop(name) for name in names if name in fields}
    values = {
        "article": article,
        "number": article.editions.count() + 1,
        "title": "What withdrawal is like",
        "summary": "The first days without alcohol, and when to call 911.",
        **fields,
    }
    if "author" not in values:
        values["author"] = make_person()
    edition = Edition.objects.create(**values)
    Text.objects.create(parent=edition, region="main", ordering=10, body=body)
    for block in blocks:
        block.parent, block.region = edition, "main"
        block.save()
    for number in range(1, sources + 1):
        Source.objects.create(edition=edition, position=number, title=f"Study {number}", container="JAMA", year=2020)
    refresh_text(edition)
    for step in STATUS_PATH[1 : STATUS_PATH.index(state) + 1]:
        if step == State.SIGNED_OFF:
            sign_off["fingerprint"] = edition_snapshot.fingerprint(edition_snapshot.from_edition(edition))
        gone = {"withdrawn_at": timezone.now()} if step == State.WITHDRAWN else {}
        Edition.objects.filter(pk=edition.pk).update(state=step, **(sign_off if step == State.SIGNED_OFF else gone))
    if state == State.SIGNED_OFF:
        finished.finish(edition.pk)
    edition.refresh_from_db()
    return edition


def make_live(body="<p>Alcohol withdrawal can be dangerous.</p>", *, publish_at=None, **fields):
    """A signed-off edition; readers see it unless ``publish_at`` is in the future."""
    clinician = make_user("clinician")
    reviewer = make_person(name="Dana Reviewer", credentials="MD", user=clinician)
    now = timezone.now()
    sign_off = {
        "state": State.SIGNED_OFF,
        "reviewer": reviewer,
        "signed_off_by": clinician,
        "signed_off_at": min(now, publish_at or now),
        "publish_at": publish_at or now,
        "reviewed_on": timezone.localdate(now),
        "review_due_on": timezone.localdate(now) + timezone.timedelta(days=365),
    }
    return make_draft(body, **{**sign_off, **fields})


def make_review(status=Status.PENDING, *, words="They sat with me until it got light.", name="Mo", **fields):
    """A review taken through the real services to ``status``. ``allow``: consented parts; other fields are columns."""
    review = submission.submit(
        key=secrets.token_urlsafe(18),
        words=words,
        name=name,
        email=fields.pop("email", "writer@example.org"),
        relationship=fields.pop("relationship", Relationship.STAYED),
        stars=fields.pop("stars", 4),
        allow=fields.pop("allow", ("words", "name")),
    )
    if status != Status.UNCONFIRMED:
        review = author.confirm(review.pk)
    match status:
        case Status.PUBLISHED:
            review = moderation.approve(review.pk, by=make_user("moderator"), version=1)
        case Status.DECLINED:
            reason = fields.pop("reason", Reason.ELSEWHERE)
            moderation.propose(review.pk, by=make_user("moderator"), version=1, reason=reason)
            review = moderation.decline(review.pk, by=make_user("moderator"), version=1)
        case Status.WITHDRAWN:
            review = author.withdraw(review.pk, how="private link")
        case Status.EXPIRED:
            moderation.approve(review.pk, by=make_user("moderator"), version=1)
            review = lifecycle.expire(review.pk)
    if fields:
        for name, value in fields.items():
            setattr(review, name, value)
        review.save(update_fields=list(fields))
    return review


def receive(key="k" * 20, *, doubtful=(), **answers):
    """Send a request through reception as the form does: with its consent and its first alert."""
    return receive_request({"phone": "1", **answers}, Identity.of(key), consent=CONSENT["sha256"], doubtful=doubtful)


def make_call(*, key=None, **fields):
    """A stored request; answers and columns by name. ``key``: the key of its form."""
    answers = {name: fields.pop(name) for name in ANSWERS if name in fields}
    if not answers.keys() & {"phone", "email"}:
        answers["phone"] = "(212) 555-0123"
    call = seal_request(answers, Identity.of(key or secrets.token_urlsafe(18)))
    for name, value in fields.items():
        setattr(call, name, value)
    call.save(force_insert=True)
    return call


def open_portal(key):
    """The portal of a request that was received with ``Identity.of(key)``."""
    identity = Identity.of(key)
    return portal_services.open_portal(identity.reference, identity.code)
