"""Where a request stands and what was told, in the words of the person's own page."""

from ..models import CallForHelp, Outcome, Status
from ..models.answers import CHOICES

NOBODY_CALLS = "Nobody will call."
ENDED = {
    Outcome.CANCELLED: f"You cancelled it. {NOBODY_CALLS}",
    Outcome.DECLINED: f"You asked us to stop. {NOBODY_CALLS}",
    Outcome.NOT_REACHED: "We tried several times and could not reach you, so we stopped calling.",
    Outcome.SAFE_MESSAGE: "We left a short message and heard nothing since, so we stopped calling.",
}
STANDS = {
    Status.NEW: "We have your request, and it waits for the next of us who is free.",
    Status.CALLING: "One of us has your request in hand right now.",
    Status.REACHED: "We spoke with you. It stays open until we are done.",
    Status.UNREACHED: "We tried and did not reach you yet. We try again in the ways you allowed.",
}
LABELS = {
    "phone": "Phone number",
    "email": "Email address",
    "name": "What we call you",
    "whom": "Who needs help",
    "leave": "If you do not pick up",
    "times": "Good times to call",
    "language": "Language",
    "story": "What is going on",
    "substances": "What is being used",
    "recent": "Used in the last 3 days",
}
EMPTY = {"leave": "No voicemail and no text", "times": "As soon as we can"}


def standing(call: CallForHelp) -> str:
    if call.status == Status.CLOSED:
        return ENDED.get(call.outcome, f"It is closed. {NOBODY_CALLS}")
    if call.status == Status.CALLING and not call.is_claimed():
        return STANDS[Status.NEW]
    return STANDS[call.status]


def told(answers: dict) -> list[tuple[str, str]]:
    """Label and words of each answer that was given, or that means something where it was not."""
    rows = []
    for name, label in LABELS.items():
        value = answers.get(name, "")
        if name in CHOICES:
            chosen = value if isinstance(value, list) else [value]
            value = ", ".join(words for code, words in CHOICES[name].choices if code in chosen)
        if words := value or EMPTY.get(name, ""):
            rows.append((label, words))
    return rows
