"""Phone numbers: parsing to E.164, and the helpline shown while the center has no number."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import phonenumbers

from .plain_text import as_seen

REGION = "US"  # assumed for numbers without a country code
SAMHSA = "1-800-662-4357"
SAMHSA_E164 = "+18006624357"
MAX_NUMBERS = 5  # found in one text

# What may follow a number for a second one that is not written in full: "or 0178", "or …0178", "/78", "and 555-0178".
_OTHER_ENDING = re.compile(
    r"\s*(?:\([^()]{0,60}\)\s*)?(?:(?:,\s*)?\b(?:or|and|o|y)\b|[/&])\s*(?:…|\.{2,3}|-)?\s*"
    r"((?<=/)\d{2}|\d{4}|\d{3}[-. ]?\d{4})"
    r"(?![\d:/-]|[.,]\d|\s*(?:[ap]\.?m\b|h\b|hrs?\b|hours?\b|o[’']clock))",
    re.IGNORECASE,
)
# A text that is one number of REGION as most people type it: the library would take a hundred times as long to say so.
_PLAIN = re.compile(r"(?:\([2-9]\d\d\) ?|[2-9]\d\d[-. ]?)\d{3}[-. ]?\d{4}", re.ASCII)


@dataclass(frozen=True)
class FoundNumber:
    """A number in a text. ``is_completed``: only its last digits are written, the rest is taken from the one before."""

    e164: str
    extension: str = ""
    is_completed: bool = False

    @property
    def uri(self) -> str:
        """For a ``tel:`` link (RFC 3966)."""
        return f"{self.e164};ext={self.extension}" if self.extension else self.e164

    @property
    def display(self) -> str:
        style = phonenumbers.PhoneNumberFormat.INTERNATIONAL
        number = phonenumbers.parse(self.e164)
        if number.country_code == phonenumbers.country_code_for_region(REGION):
            style = phonenumbers.PhoneNumberFormat.NATIONAL
        written = phonenumbers.format_number(number, style)
        return f"{written} ext. {self.extension}" if self.extension else written


def find_numbers(text: str) -> list[FoundNumber]:
    """The numbers in a text that can be dialed, in order and without repetition, MAX_NUMBERS at most."""
    text = as_seen(text)
    if _PLAIN.fullmatch(text):
        return [FoundNumber("+1" + "".join(filter(str.isdigit, text)))]
    found = dict.fromkeys(_matches(text)) or dict.fromkeys(_whole(text))
    return list(found)[:MAX_NUMBERS]


def e164(typed: str) -> str:
    """The first number in E.164 (``+15550100142``), or "" if there is none."""
    return next((number.e164 for number in find_numbers(typed)), "")


def _matches(text: str) -> Iterator[FoundNumber]:
    for match in phonenumbers.PhoneNumberMatcher(text, REGION, leniency=phonenumbers.Leniency.POSSIBLE):
        if not _can_be_dialed(match.number):
            continue
        number = _found(match.number)
        yield number
        if other := _OTHER_ENDING.match(text, match.end):
            digits = re.sub(r"\D", "", other[1])
            yield FoundNumber(number.e164[: -len(digits)] + digits, is_completed=True)


def _whole(text: str) -> Iterator[FoundNumber]:
    """A text that is one number, as in 1-800-GET-HELP."""
    try:
        number = phonenumbers.parse(text, REGION)
    except phonenumbers.NumberParseException:
        return
    if _can_be_dialed(number):
        yield _found(number)


def _can_be_dialed(number: phonenumbers.PhoneNumber) -> bool:
    # a local number without its area code is "possible" too, but cannot be dialed from elsewhere
    return phonenumbers.is_possible_number_with_reason(number) == phonenumbers.ValidationResult.IS_POSSIBLE


def _found(number: phonenumbers.PhoneNumber) -> FoundNumber:
    e164 = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    return FoundNumber(e164, number.extension or "")
