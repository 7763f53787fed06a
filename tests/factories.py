"""Plain builders of the smallest valid objects; any field can be given."""

import secrets

from django.contrib.auth.models import Group
from django.utils import timezone

from articles.models import Article, Edition, Person, Source, State, Text, Topic
from detoxsite.models import User
from intake.models import CallForHelp
from testimonials.models import Status, Testimonial, Tie


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


def make_draft(body="<p>Alcohol withdrawal can be dangerous.</p>", *, slug=None, topic=None, sources=0, **fields):
    """A draft of a new article with one block of text."""
    article = fields.pop("article", None) or Article.objects.create(
        slug=slug or secrets.token_hex(6), topic=topic or make_topic()
    )
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
    for number in range(1, sources + 1):
        Source.objects.create(edition=edition, position=number, title=f"Study {number}", container="JAMA", year=2020)
    edition.refresh_text()
    return edition


def make_live(body="<p>Alcohol withdrawal can be dangerous.</p>", *, publish_at=None, **fields):
    """An edition that readers see (unless ``publish_at`` lies ahead)."""
    clinician = make_user("clinician")
    reviewer = make_person(name="Dana Reviewer", credentials="MD", user=clinician)
    now = timezone.now()
    return make_draft(
        body,
        state=State.SIGNED_OFF,
        reviewer=reviewer,
        signed_off_by=clinician,
        signed_off_at=now,
        publish_at=publish_at or now,
        review_due_on=now.date(),
        **fields,
    )


def make_review(status=Status.PENDING, **fields):
    values = {
        "key": secrets.token_urlsafe(18),
        "words": "They sat with me until it got light.",
        "stars": 4,
        "tie": Tie.STAYED,
        "shown_name": "Mo",
        "email": "writer@example.org",
        "allow_words": True,
        "allow_name": True,
        "status": status,
        **fields,
    }
    if status in {Status.PUBLISHED, Status.DECLINED}:
        values = {"decided_by": make_user("moderator"), "decided_at": timezone.now(), **values}
    if status == Status.DECLINED:
        values = {"reason": "ad", **values}
    return Testimonial.objects.create(**values)


def make_call(**fields):
    return CallForHelp.objects.create(**{"key": secrets.token_urlsafe(18), "phone": "(212) 555-0123", **fields})
