"""Status and answers of a request, in the portal's words."""

from ..models import CallForHelp, Outcome, Status
from ..models.answers import CHOICES

NO_CALL = "Nobody will call."
OUTCOME_TEXTS = {
    Outcome.CANCELED: f"You canceled it. {NO_CALL}",
    Outcome.DECLINED: f"You asked us to stop. {NO_CALL}",
    Outcome.NOT_REACHED: "We tried several times and could not reach you, so we stopped calling.",
    Outcome.SAFE_MESSAGE: "We left a short message and have not heard back, so we stopped calling.",
}
STATUS_TEXTS = {
    Status.NEW: "We have your request. The next free person on our staff will take it.",
    Status.CALLING: "Someone on our staff is working on your request right now.",
    Status.REACHED: "We spoke with you. Your request stays open until we are done.",
    Status.UNREACHED: "We tried and have not reached you yet. We will try again in the ways you allowed.",
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
EMPTY_TEXTS = {"leave": "No voicemail and no text", "times": "As soon as we can"}


def status_text(call: CallForHelp) -> str:
    if call.status == Status.CLOSED:
        return OUTCOME_TEXTS.get(call.outcome, f"It is closed. {NO_CALL}")
    if call.status == Status.CALLING and not call.is_claimed():
        return STATUS_TEXTS[Status.NEW]
    return STATUS_TEXTS[call.status]


def answer_rows(answers: dict) -> list[tuple[str, str]]:
    """Label and text of each answer that was given, or that means something where it was left empty."""
    rows = []
    for name, label in LABELS.items():
        value = answers.get(name, "")
        if name in CHOICES:
            chosen = value if isinstance(value, list) else [value]
            value = ", ".join(choice for code, choice in CHOICES[name].choices if code in chosen)
        if text := value or EMPTY_TEXTS.get(name, ""):
            rows.append((label, text))
    return rows
