"""Sample articles and pages: topics, pictures, signed-off editions and drafts."""

import tomllib
from datetime import datetime, time

from django.utils import timezone

from articles import first_page, services
from articles.content import edition_snapshot, finished, social_cards
from articles.models import (
    PAGE_BLOCKS,
    REVIEW_INTERVAL,
    Article,
    Callout,
    CenterFact,
    Edition,
    EditionEvent,
    Figure,
    KeyFacts,
    Kind,
    PersonCard,
    PullQuote,
    Source,
    State,
    Text,
    Topic,
    refresh_text,
)
from articles.search import index

from . import library
from .accounts import Accounts
from .content import FOLDER, read

DRAFTS = {  # articles that also have a draft to sign off, so that the clinician has work
    "paying-for-detox": {
        "summary": "How to find out what detox will cost you, what the parity law says, how to appeal a no, and where "
        "to turn without insurance.",
        "changes": "Where to turn without insurance.",
    }
}
_BY_KIND = {model.kind: model for model in PAGE_BLOCKS}


class ArticleLoader:
    """Writes articles, signs them off at a moment in the past, and leaves some drafts to sign off."""

    def __init__(self, accounts: Accounts) -> None:
        self.staff, self.people = accounts.staff, accounts.people

    def load(self) -> None:
        pictures = library.load_pictures()
        topics = {
            entry["slug"]: Topic.objects.create(
                position=number, **{**entry, "picture": pictures.get(entry.get("picture"))}
            )
            for number, entry in enumerate(read("topics.toml")["topics"])
        }
        self.library = {"picture": pictures, "file": library.load_files(), "video": library.load_videos(pictures)}
        for file in sorted((FOLDER / "articles").glob("*.toml")):
            self.load_article(file.stem, tomllib.loads(file.read_text(encoding="utf-8")), topics)
        CenterFact.objects.bulk_create(CenterFact(**entry) for entry in read("center_facts.toml")["facts"])
        for file in sorted((FOLDER / "pages").glob("*.toml")):
            self.load_page(file.stem, tomllib.loads(file.read_text(encoding="utf-8")))
        self.load_first_page(read("first_page.toml"))
        for draft in Edition.objects.filter(state=State.DRAFT):
            services.submit(draft.pk, by=self.staff["editor"])

    def load_article(self, slug, data, topics):
        article = Article.objects.create(slug=slug, topic=topics[data["topic"]], owner=self.staff["editor"])
        self.publish(article, data)
        if slug in DRAFTS:
            self.write(article, {**data, **DRAFTS[slug]}, number=2, changes=DRAFTS[slug]["changes"])

    def load_page(self, slug, data):
        owner = self.staff["manager" if data["kind"] == Kind.HOUSE else "editor"]
        self.publish(Article.objects.create(kind=data["kind"], slug=slug, owner=owner), data)

    def load_first_page(self, data):
        edition = first_page.start(by=self.staff["editor"], author=self.people[data["author"]])
        Edition.objects.filter(pk=edition.pk).update(is_sample=True)
        edition.refresh_from_db()
        self.sign_as(data, edition)

    def publish(self, article, data):
        self.sign_as(data, self.write(article, data, number=1))

    def sign_as(self, data, edition):
        signed = timezone.make_aware(datetime.combine(data["signed_off_on"], time(9, 30)))
        self.sign(edition, reviewer=self.people[data["reviewer"]], at=signed)

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
        """Sign off as the services do, at a moment in the past."""
        one, by = Edition.objects.filter(pk=edition.pk), self.staff["editor"]
        one.update(state=State.IN_REVIEW)
        one.update(
            state=State.SIGNED_OFF,
            reviewer=reviewer,
            signed_off_by=reviewer.user,
            signed_off_at=at,
            signed_as=str(reviewer),
            fingerprint=edition_snapshot.fingerprint(edition_snapshot.from_edition(edition)),
            publish_at=at,
            reviewed_on=at.date(),
            review_due_on=(at + REVIEW_INTERVAL).date(),
            card=social_cards.store(edition),
        )
        index.add_spellings(edition)
        finished.finish(edition.pk)
        for kind, who in (
            (EditionEvent.Kind.STARTED, by),
            (EditionEvent.Kind.SUBMITTED, by),
            (EditionEvent.Kind.SIGNED_OFF, reviewer.user),
        ):
            EditionEvent.objects.create(edition=edition, kind=kind, by=who, at=at)

    def fill(self, edition, data):
        for number, source in enumerate(data.get("sources", ()), 1):
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
                    self.create_figure(block, place)
                case "pull":
                    PullQuote.objects.create(quote=block["quote"], attribution=block["attribution"], **place)
                case "person":
                    PersonCard.objects.create(person=self.people[block["person"]], **place)
                case kind:
                    fields = {name: self.value_of(name, value) for name, value in block.items() if name != "kind"}
                    _BY_KIND[kind].objects.create(**fields, **place)
        refresh_text(edition)

    def value_of(self, name, value):
        """The value of a field; a row of a library is named by its key."""
        return self.library[name][value] if name in self.library else value

    def create_figure(self, block, place):
        picture, is_opening = self.library["picture"][block["picture"]], block.get("is_opening", False)
        Figure.objects.create(picture=picture, caption=block.get("caption", ""), is_opening=is_opening, **place)
