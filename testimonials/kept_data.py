"""What is kept about people who write or report reviews."""

from detoxsite.core.kept_data import About, Kept, period

from . import jobs, pending_photos
from .crisis_notice import crisis_cookie
from .models import Author, DisplayConsent, OutgoingEmail, Photo, Report, ReviewEvent, StaffName, Testimonial, Version
from .services import lifecycle

AS_THE_REVIEW = "As long as your review"


def rows() -> list[Kept]:
    return [*_content(), *_records(), *_others()]


def _content() -> list[Kept]:
    return [
        Kept(
            "Your review as you sent it: words, name, email address, and a new copy of your photo without its place, "
            "time and camera",
            "Database, each value sealed to the center’s public key",
            "To decide if we show it, to show it, and to write to you",
            f"Until you take it down. If you never confirm your address: {period(jobs.CONFIRM_WITHIN)}. If it is "
            f"withheld, has expired or may not be shown: {period(jobs.RETENTION)} after you last wrote it",
            About.REVIEW,
            models=(Author, Version, Photo),
        ),
        Kept(
            "Your words, name and address once more, locked with your private link",
            "Database, sealed to a key made from the private link",
            "So that you can read and change them. Without the link no one can open this copy",
            AS_THE_REVIEW,
            About.REVIEW,
        ),
        Kept(
            "Your private link",
            "Database, sealed to the center’s public key with the address; in emails to the author",
            "To send it to you again",
            AS_THE_REVIEW,
            About.REVIEW,
        ),
        Kept(
            "What we show of your review: your words with what we took out, and your name and a small picture if you "
            "allow them",
            "Database, readable; the picture in `DETOX_VAR/media/reviews`",
            "It is public",
            f"As long as it is shown. After {period(lifecycle.RENEWAL_PERIOD)} we ask you if it may stay",
            About.REVIEW,
        ),
        Kept(
            "A photo that you chose for a review and did not send yet",
            "Database, sealed",
            "So that the next page still has it",
            period(pending_photos.HOLD_PERIOD),
            About.REVIEW,
        ),
        Kept(
            "A code computed from your words, your address and your link",
            "Database, keyed digests: useless without `INDEX_KEY`",
            "To notice the same review sent twice, and to find the review of your link",
            "As long as the review. That of the link stays, so that it can tell you that everything was erased",
            About.REVIEW,
        ),
    ]


def _records() -> list[Kept]:
    return [
        Kept(
            "Stars, how you know the center, what you allow us to show, and the status, dates and reasons of our "
            "decisions",
            "Database, readable",
            "To decide, and to count fairly",
            "Not erased. It does not say who you are",
            About.REVIEW,
            models=(Testimonial,),
        ),
        Kept(
            "Which texts you agreed to, for which part, when and how, and if you took it back",
            "Database, append-only",
            "To prove that you allowed us to show it",
            "Not erased",
            About.REVIEW,
            models=(DisplayConsent,),
        ),
        Kept(
            "What happened to your review: what, when, who on our staff, for which reason, and a code computed from "
            "the words shown. Notes are encrypted",
            "Database, append-only; notes sealed",
            "To prove how we decided",
            "Not erased, but the notes are erased with the review",
            About.REVIEW,
            models=(ReviewEvent,),
        ),
        Kept(
            "Emails that we sent you: which kind, when, and a code computed from your address; not the text",
            "Database, readable; the code is a keyed digest",
            "So that each one arrives once, and only a few a day",
            "Not erased, but the code goes with the review",
            About.REVIEW,
            models=(OutgoingEmail,),
        ),
        Kept(
            "A report of a review: its kind, and your words, encrypted",
            "Database; the words sealed",
            "To check the review",
            "Your words are erased with the review that they are about",
            About.REVIEW,
            models=(Report,),
        ),
    ]


def _others() -> list[Kept]:
    return [
        Kept(
            f"A cookie, “{crisis_cookie.name}”, if what you write says that someone is in danger: which first steps to "
            "show, encrypted",
            "The person’s device, only below `/reviews/`",
            "The next page shows what to do first",
            f"{period(crisis_cookie.max_age)}, or until “Leave this page quickly”",
            About.REVIEW,
            cookies=(crisis_cookie.name,),
        ),
        Kept(
            "Names, nicknames and roles of staff who may be named in reviews, or may not",
            "Database, readable",
            "To find names of staff in reviews",
            "Until a manager removes them",
            About.STAFF,
            models=(StaffName,),
        ),
    ]
