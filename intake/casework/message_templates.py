"""Wording that gives nothing away, for voicemail, text, email and the first words on the phone: canned.toml."""

import tomllib
from dataclasses import dataclass
from pathlib import Path

LANGUAGES = tomllib.loads(Path(__file__).with_name("message_templates.toml").read_text(encoding="utf-8"))


@dataclass(frozen=True)
class Wording:
    code: str
    language: str
    spoken: str
    somebody_else: str
    voicemail: str
    text: str
    subject: str
    email: str


def wordings(*, name: str, phone: str, first: str = "en") -> list[Wording]:
    """In every language there is, the person's own first."""
    codes = sorted(LANGUAGES, key=lambda code: code != first)
    return [_filled(code, name, phone) for code in codes]


def _filled(code: str, name: str, phone: str) -> Wording:
    texts = LANGUAGES[code]
    given = (name.split() or [""])[0]
    hello = texts["hello"].replace("{name}", given) if given else texts["hello_nobody"]
    parts = ("language", "spoken", "somebody_else", "voicemail", "text", "subject", "email")
    return Wording(code, **{part: texts[part].replace("{phone}", phone).replace("{hello}", hello) for part in parts})
