"""The identifiers of a request from the moment its form is shown: its row, its reference, its return code.

All three are made from the form's idempotency key with INDEX_KEY (the code from the answers too), so that the same form
sent twice is the same request whichever process takes it, and whether or not a database answers. The key itself is kept
nowhere: nobody can make the code again from what is stored.
"""

import json
import re
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from detoxsite.core import phone_numbers
from detoxsite.core.encryption import digests
from detoxsite.core.plain_text import as_seen

from ..models.answers import ANSWERS, with_defaults
from ..models.calls import ALPHABET

REFERENCE_LENGTH = 8
CODE_LENGTH = 16  # letters of an alphabet of 31: 79 bits
_ADDRESS = re.compile(r"[^\s<>()\[\],;:\"]+@[^\s<>()\[\],;:\"]*[^\s<>()\[\],;:\".!?]")
MIN_DIGITS = 4  # of a number that cannot be dialed but still tells one phone from another


@dataclass(frozen=True)
class Identity:
    id: uuid.UUID
    reference: str
    code: str  # opens the portal, together with the reference

    @classmethod
    def of(cls, key: str, answers: Mapping | None = None) -> "Identity":
        """Derive it from a form's key. Other answers under the same key are the same request with another code.

        So a person who finds the form again (Back on a shared computer) without knowing the answers is not shown the
        code of the person who sent it.
        """
        answered = fingerprint(with_defaults(answers or {})).hex()
        return cls(
            id=uuid.UUID(bytes=digests.keyed("row", key), version=4),
            reference=_letters(digests.keyed("reference", key, 32), REFERENCE_LENGTH),
            code=_letters(digests.keyed("code", f"{key}:{answered}", 32), CODE_LENGTH),
        )

    @classmethod
    def from_cookie(cls, last_sent: Mapping) -> "Identity":
        """The identity of a request that this browser sent within the last hour."""
        return cls(id=uuid.UUID(last_sent["id"]), reference=last_sent["reference"], code=last_sent["code"])


def fingerprint(answers: Mapping) -> bytes:
    """A keyed digest: the same for the same answers, and telling nothing about them."""
    answers = {name: answers[name] for name in ANSWERS if name in answers}
    return digests.keyed("answers", json.dumps(answers, sort_keys=True))


def contact_digests(answers: Mapping) -> list[bytes]:
    """The blind index of each phone number and of the address in ``answers``, by which staff find the request."""
    return _digests(_written_numbers(answers.get("phone", "")), [as_seen(answers.get("email", ""))])


def search_digests(typed: str) -> list[bytes]:
    """The digests of each number or address that ``typed`` may mean, among remarks and in any notation."""
    typed = as_seen(typed)
    numbers = [number.e164 for number in phone_numbers.find_numbers(typed)]
    # Until version 0.6, a number with a remark was indexed by its digits, with or without the country code.
    national = [number.removeprefix("+1") for number in numbers]
    digits = [number.removeprefix("+") for number in numbers]
    return _digests([*_written_numbers(typed), *national, *digits], [typed, *_ADDRESS.findall(typed)])


def _written_numbers(text: str) -> list[str]:
    """Each number in E.164; where none can be made out, the digits or the text itself."""
    text = as_seen(text)
    digits = "".join(filter(str.isdigit, text))
    numbers = [number.e164 for number in phone_numbers.find_numbers(text)]
    return numbers or [digits if len(digits) >= MIN_DIGITS else text]


def _digests(numbers: Iterable[str], addresses: Iterable[str]) -> list[bytes]:
    found = [digests.blind_index("phone", number) for number in numbers]
    found += [digests.blind_index("email", address) for address in addresses]
    return [digest for digest in dict.fromkeys(found) if digest]


def _letters(digest: bytes, count: int) -> str:
    number, letters = int.from_bytes(digest), ""
    for _ in range(count):
        number, place = divmod(number, len(ALPHABET))
        letters += ALPHABET[place]
    return letters


def format_code(code: str) -> str:
    """Group a code in fours, as it is read and written down."""
    return " ".join(code[start : start + 4] for start in range(0, len(code), 4))


def normalize_code(typed: str) -> str:
    """A typed code or reference in our letters: any case, without spaces and dashes. O is not taken for Q."""
    return "".join(letter for letter in typed.upper() if letter in ALPHABET)
