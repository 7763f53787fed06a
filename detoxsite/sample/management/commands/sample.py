import secrets
import sys
import tomllib
from datetime import datetime, time, timedelta
from pathlib import Path

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.core.files.base import ContentFile
from django.core.management import BaseCommand
from django.db import transaction
from django.utils import timezone

from articles import services
from articles.content import edition_snapshot, social_cards
from articles.models import (
    REVIEW_EVERY,
    Article,
    Callout,
    Edition,
    EditionEvent,
    Figure,
    KeyFacts,
    Person,
    Picture,
    PullQuote,
    Source,
    State,
    Synonym,
    Text,
    Topic,
    refresh_text,
)
from articles.search import engine
from detoxsite.core import site_profile
from detoxsite.core.models import SiteProfile
from intake.models import (
    CallForHelp,
    Consent,
    ContactAttempt,
    Shift,
)
from intake.models import Status as CallStatus
from intake.reception import receive as reception
from intake.reception.identifiers import Identity
from intake.records.consent_texts import CONSENT
from testimonials.models import OutgoingEmail, StaffName, Testimonial
from testimonials.models import Status as ReviewStatus
from testimonials.services import author, moderation, submission

from ... import bulk_data

FOLDER = Path(__file__).resolve().parents[2] / "content"
ACCOUNTS = {
    "editor": ("Maya", "Ortiz", "maya-ortiz"),
    "clinician": ("Daniel", "Reyes", "daniel-reyes"),
    "moderator": ("Noor", "Haddad", ""),
    "admissions": ("Sam", "Whitfield", ""),
    "compliance": ("Ines", "Baptiste", ""),
    "manager": ("Ruth", "Calloway", ""),
}
COLLEAGUE = ("Priya", "Raman", "priya-raman")  # a second clinician, whose name stands under some articles
DRAFTS = {  # have a draft that waits for a clinician too, so that the desk has work
    "paying-for-detox": {
        "summary": "How to find out what detox will cost you, what the parity law says, how to appeal a no, and where "
        "to turn without insurance.",
        "changes": "Where to turn without insurance.",
    }
}


def read(name: str) -> dict:
    return tomllib.loads((FOLDER / name).read_text(encoding="utf-8"))


class Command(BaseCommand):
    help = (
        "Loads the sample content: an invented center with its articles, reviews, requests and one account per role. "
        "With a number: so many invented articles, reviews and requests more, for tests of scale."
    )

    def add_arguments(self, parser):
        for name in ("articles", "reviews", "calls"):
            parser.add_argument(f"--{name}", type=int, default=0, metavar="N")
        parser.add_argument("--seed", type=int, default=1, help="The same seed makes the same rows.")

    def handle(self, *, articles, reviews, calls, seed, **options):
        if articles or reviews or calls:
            return bulk_data.fill(articles=articles, reviews=reviews, calls=calls, seed=seed, stream=sys.stderr)
        if Topic.objects.exists() or CallForHelp.objects.exists() or Testimonial.objects.exists():
            return  # there is content already, ours or the center's own
        self.pictures = {}
        with transaction.atomic():
            self.load_center()
            passwords = self.load_accounts()
            self.load_articles()
            self.load_roster()
            self.load_reviews()
            self.load_rota()
            self.load_calls()
            Synonym.objects.bulk_create(Synonym(**entry) for entry in read("synonyms.toml")["synonyms"])
        self.stdout.write("Sample content is loaded. Sign in at /admin/ with (shown once):")
        for email, password in passwords.items():
            self.stdout.write(f"  {email:<28} {password}")

    def load_center(self):
        values = {name: value.strip() for name, value in read("site_profile.toml").items()}
        SiteProfile.objects.filter(pk=1).update(**values)
        site_profile.expire()

    def load_accounts(self) -> dict[str, str]:
        """One account per role, and the people of the sample. Returns the passwords by address."""
        make = get_user_model().objects.create_user
        passwords, self.staff = {}, {}
        linked = {}
        for role, (first, last, person) in ACCOUNTS.items():
            email, password = f"{role}@example.org", secrets.token_urlsafe(12)
            user = make(email, password, first_name=first, last_name=last, is_staff=True)
            user.groups.add(Group.objects.get(name=role))
            passwords[email], self.staff[role], linked[person] = password, user, user
        first, last, person = COLLEAGUE
        colleague = make("clinician2@example.org", None, first_name=first, last_name=last, is_staff=True)
        colleague.groups.add(Group.objects.get(name="clinician"))
        linked[person] = colleague
        self.people = {
            entry["key"]: Person.objects.create(
                slug=entry["key"],
                user=linked.get(entry["key"]),
                **{name: entry[name] for name in ("name", "credentials", "role", "bio")},
            )
            for entry in read("people.toml")["people"]
        }
        return passwords

    def load_articles(self):
        topics = {
            entry["slug"]: Topic.objects.create(position=number, **entry)
            for number, entry in enumerate(read("topics.toml")["topics"])
        }
        for entry in read("pictures.toml")["pictures"]:
            picture = Picture(title=entry["title"], alt=entry["alt"], credit=entry["credit"])
            picture.image.save(
                entry["file"], ContentFile((FOLDER / "pictures" / entry["file"]).read_bytes()), save=True
            )
            self.pictures[entry["key"]] = picture
        for file in sorted((FOLDER / "articles").glob("*.toml")):
            self.load_article(file.stem, tomllib.loads(file.read_text(encoding="utf-8")), topics)
        for draft in Edition.objects.filter(state=State.DRAFT):
            services.submit(draft.pk, by=self.staff["editor"])

    def load_article(self, slug, data, topics):
        article = Article.objects.create(slug=slug, topic=topics[data["topic"]], owner=self.staff["editor"])
        signed = timezone.make_aware(datetime.combine(data["signed_off_on"], time(9, 30)))
        edition = self.write(article, data, number=1)
        self.sign(edition, reviewer=self.people[data["reviewer"]], at=signed)
        if slug in DRAFTS:
            self.write(article, {**data, **DRAFTS[slug]}, number=2, changes=DRAFTS[slug]["changes"])

    def write(self, article, data, **fields) -> Edition:
        edition = Edition.objects.create(
            article=article,
            title=data["title"],
            summary=data["summary"],
            author=self.people[data["author"]],
            created_by=self.staff["editor"],
            is_sample=True,
            **fields,
        )
        self.fill(edition, data)
        return edition

    def sign(self, edition, *, reviewer, at):
        """As the services do it, at a moment in the past."""
        one, by = Edition.objects.filter(pk=edition.pk), self.staff["editor"]
        one.update(state=State.IN_REVIEW)
        one.update(
            state=State.SIGNED_OFF,
            reviewer=reviewer,
            signed_off_by=reviewer.user,
            signed_off_at=at,
            signed_as=str(reviewer),
            fingerprint=edition_snapshot.fingerprint(edition_snapshot.stored(edition)),
            publish_at=at,
            reviewed_on=at.date(),
            review_due_on=(at + REVIEW_EVERY).date(),
            card=social_cards.store(edition),
        )
        engine.learn(edition)
        for kind, who in (
            (EditionEvent.Kind.STARTED, by),
            (EditionEvent.Kind.SUBMITTED, by),
            (EditionEvent.Kind.SIGNED_OFF, reviewer.user),
        ):
            EditionEvent.objects.create(edition=edition, kind=kind, by=who, at=at)

    def fill(self, edition, data):
        for number, source in enumerate(data["sources"], 1):
            Source.objects.create(edition=edition, position=number, **source)
        for number, block in enumerate(data["blocks"], 1):
            place = {"parent": edition, "region": "main", "ordering": number * 10}
            match block["kind"]:
                case "text":
                    Text.objects.create(body=block["body"], is_dosing=block.get("is_dosing", False), **place)
                case "callout":
                    Callout.objects.create(tone=block["tone"], title=block["title"], body=block["body"], **place)
                case "facts":
                    rows = "\n".join(f"{name} | {fact}" for name, fact in block["rows"])
                    KeyFacts.objects.create(
                        title=block["title"], rows=rows, is_dosing=block.get("is_dosing", False), **place
                    )
                case "figure":
                    Figure.objects.create(picture=self.pictures[block["picture"]], caption=block["caption"], **place)
                case "pull":
                    PullQuote.objects.create(quote=block["quote"], attribution=block["attribution"], **place)
        refresh_text(edition)

    def load_roster(self):
        StaffName.objects.bulk_create(StaffName(**entry) for entry in read("roster.toml")["staff"])

    def load_reviews(self):
        for number, entry in enumerate(read("reviews.toml")["reviews"]):
            when = timezone.make_aware(datetime.combine(entry["received_on"], time(11, 0)))
            decided = entry["status"] in {ReviewStatus.PUBLISHED, ReviewStatus.DECLINED}
            review = submission.submit(
                key=f"sample-review-{number:04}",
                words=entry["words"].strip(),
                name=entry["shown_name"],
                email=f"writer{number}@example.org",
                relationship=entry["tie"],
                stars=entry["stars"] or None,
                allow=["words", "name"],
            )
            author.confirm(review.pk)
            self.decide(review.pk, entry)
            moments = {"submitted_at": when, "confirmed_at": when + timedelta(hours=1), "is_sample": True}
            if decided:
                moments["decided_at"] = when + timedelta(days=1)
            if entry.get("reply"):
                moments["replied_at"] = when + timedelta(days=2)
            Testimonial.objects.filter(pk=review.pk).update(**moments)
        OutgoingEmail.objects.update(state=OutgoingEmail.State.DROPPED)  # nobody has these addresses

    def decide(self, pk, entry):
        moderator, manager = self.staff["moderator"], self.staff["manager"]
        match entry["status"]:
            case ReviewStatus.PUBLISHED:
                moderation.approve(pk, by=moderator, version=1)
            case ReviewStatus.DECLINED:
                moderation.propose(pk, by=moderator, version=1, reason=entry["reason"])
                moderation.decline(pk, by=manager, version=1)
        if entry.get("reply"):
            moderation.reply(pk, by=moderator, reply=entry["reply"])

    def load_rota(self):
        for entry in read("on_call.toml")["shifts"]:
            person, days = self.staff[entry.pop("role")], entry.pop("weekdays")
            Shift.objects.bulk_create(Shift(person=person, weekday=day, **entry) for day in days)
        site_profile.expire()

    def load_calls(self):
        now, nurse = timezone.now(), self.staff["admissions"]
        for number, entry in enumerate(read("calls.toml")["calls"]):
            received = now - timedelta(minutes=entry.pop("minutes_ago"))
            contacts, status = entry.pop("contacts"), entry.pop("status")
            call = reception.seal_request(entry, Identity.of(f"sample-call-{number:06}"))
            call.status, call.outcome, call.is_sample = status, entry.get("outcome", ""), True
            call.created_at = call.stored_at = received
            call.notified_at = received + timedelta(seconds=4)
            if status != CallStatus.NEW:
                call.claimed_by, call.claimed_at = nurse, now - timedelta(minutes=2)
            if status == CallStatus.CLOSED:
                call.closed_at = now - timedelta(minutes=1)
            call.save(force_insert=True)
            Consent.objects.create(call=call, text_id=CONSENT["sha256"], at=received)
            for attempt in contacts:
                at = now - timedelta(minutes=attempt["minutes_ago"])
                contact = ContactAttempt(call=call, by=nurse, at=at, outcome=attempt["outcome"])
                contact.seal({"note": attempt["note"]})
                contact.save(force_insert=True)
