"""What is kept about the staff who write articles. Nothing is kept about those who read them."""

from detoxsite.core.kept_data import About, Kept, period

from . import held_pictures, notice_emails, versions
from .jobs import AUTOSAVE_RETENTION
from .models import (
    Article,
    Comment,
    CommentEntry,
    DraftAutosave,
    DraftVersion,
    Edition,
    EditionEvent,
    HeldPicture,
    MenuChange,
    MenuEdition,
    MenuEntry,
    Person,
    Reminder,
    Rendering,
    Waiver,
    WorkflowEmail,
    WorkflowEmailChoice,
    WorkflowNotice,
)


def rows() -> list[Kept]:
    return [
        Kept(
            "Bylines: name, credentials, role; for a page of their own license, training, picture, a few words",
            "Database, readable; their page is public only where it was switched on",
            "Readers see who wrote and who checked an article",
            "As long as an article has it; what is on their page until it is taken out",
            About.STAFF,
            models=(Person,),
        ),
        Kept(
            "Who wrote, changed, discussed, signed off and withdrew each article, when, with their notes; reminders "
            "of reviews that are due",
            "Database, readable; history append-only",
            "To prove who vouched for which words",
            "Not erased; the history of a draft that nobody signed goes when the draft is deleted",
            About.STAFF,
            models=(Article, Edition, EditionEvent, Waiver, Rendering, Reminder),
        ),
        Kept(
            "Who changed menus and footer, put them on the site or discarded a draft, when, and what changed",
            "Database, readable; history append-only",
            "To see who did what, and to go back to an earlier edition",
            "Not erased",
            About.STAFF,
            models=(MenuEdition, MenuEntry, MenuChange),
        ),
        Kept(
            "Comments of staff on passages of a draft, replies, who resolved them and when",
            "Database, readable; append-only; never on public pages",
            "So that a remark leads to the words it is about, and is seen at sign-off",
            "Not erased, as the history of the edition; those on a draft that nobody signed go when it is deleted",
            About.STAFF,
            models=(Comment, CommentEntry),
        ),
        Kept(
            "Changes to a draft that were not saved yet",
            "Database, readable",
            "So that a closed tab loses nothing",
            f"Until they are saved or discarded, {period(AUTOSAVE_RETENTION)} at most",
            About.STAFF,
            models=(DraftAutosave,),
        ),
        Kept(
            "Pictures that someone uploaded and has not described yet, and who that is",
            "Database, readable",
            "So that several can be added at once, and none is lost over a missing word",
            f"Until they are in the library or removed, {period(held_pictures.RETENTION)} at most",
            About.STAFF,
            models=(HeldPicture,),
        ),
        Kept(
            "What each save of a draft stored, and who saved it",
            "Database, readable",
            "To compare and to go back",
            f"The last {versions.MAX_VERSIONS} of a draft; until {period(versions.RETENTION)} after the sign-off, or "
            "until the draft is deleted",
            About.STAFF,
            models=(DraftVersion,),
        ),
        Kept(
            "Who was told by email of which step of the workflow, and when",
            "Database, readable; the emails hold a reference and a link",
            "So that nobody is told twice, and failures are seen",
            period(notice_emails.RETENTION),
            About.STAFF,
            models=(WorkflowEmail, WorkflowNotice),
        ),
        Kept(
            "Whether someone wants these emails at once, daily or not at all",
            "Database, readable",
            "Everyone chooses",
            "As long as the account",
            About.STAFF,
            models=(WorkflowEmailChoice,),
        ),
    ]
