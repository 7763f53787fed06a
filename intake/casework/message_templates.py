"""Neutral message templates for voicemail, text, email and the start of a call (message_templates.toml)."""

import tomllib
from dataclasses import dataclass
from pathlib import Path

NOT_NAMES = {
    "a",
    "an",
    "the",
    "my",
    "his",
    "her",
    "their",
    "our",
    "un",
    "una",
    "el",
    "la",
    "los",
    "las",
    "mi",
    "su",
}  # "A mother"
TEMPLATES = tomllib.loads(Path(__file__).with_name("message_templates.toml").read_text(encoding="utf-8"))


@dataclass(frozen=True)
class MessageTemplate:
    code: str
    language: str
    spoken: str
    other_person: str
    voicemail: str
    text: str
    subject: str
    email: str


def filled_templates(*, name: str, phone: str, language: str = "en") -> list[MessageTemplate]:
    """The templates in every language, the person's own first."""
    codes = sorted(TEMPLATES, key=lambda code: code != language)
    return [_filled(code, name, phone) for code in codes]


def _first_name(name: str) -> str:
    """The first word of what to call the person, without what it ends with; "" where that is no name."""
    first = (name.split() or [""])[0].strip('.,;:!?"“”()')
    return "" if first.casefold() in NOT_NAMES else first


def _filled(code: str, name: str, phone: str) -> MessageTemplate:
    texts = TEMPLATES[code]
    first_name = _first_name(name)
    hello = texts["hello"].replace("{name}", first_name) if first_name else texts["hello_unnamed"]
    parts = ("language", "spoken", "other_person", "voicemail", "text", "subject", "email")
    return MessageTemplate(
        code, **{part: texts[part].replace("{phone}", phone).replace("{hello}", hello) for part in parts}
    )
