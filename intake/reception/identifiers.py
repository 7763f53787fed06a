"""What belongs to a request from the moment its form is shown: its row, its reference, its return code.

All three are made from the form's idempotency key with INDEX_KEY (the code from the answers too), so that the same form
sent twice is the same request whichever process takes it, and whether or not a database answers. The key itself is kept
nowhere: from what is stored, nobody can make the code again.
"""

import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass

from detoxsite.core import phone_numbers
from detoxsite.core.encryption import digests

from ..models.answers import ANSWERS, whole
from ..models.calls import ALPHABET

REFERENCE_LENGTH = 8
MIN_DIGITS = 4  # of a number that cannot be dialled but still tells one phone from another
CODE_LENGTH = 16  # letters of an alphabet of 31: 79 bits


@dataclass(frozen=True)
class Identity:
    id: uuid.UUID
    reference: str
    code: str  # opens the person's own page, together with the reference

    @classmethod
    def of(cls, key: str, answers: Mapping | None = None) -> "Identity":
        """Of a form with this key. Other answers under the same key are the same request with another code.

        So whoever finds the form again (Back on a shared computer) without knowing what was answered is not shown
        the code of whoever sent it.
        """
        return cls(
            id=uuid.UUID(bytes=digests.keyed("row", key), version=4),
            reference=_letters(digests.keyed("reference", key, 32), REFERENCE_LENGTH),
            code=_letters(digests.keyed("code", f"{key}:{said(whole(answers or {})).hex()}", 32), CODE_LENGTH),
        )

    @classmethod
    def known(cls, last: Mapping) -> "Identity":
        """Of a request that this browser sent within the last hour (``last``: its cookie)."""
        return cls(id=uuid.UUID(last["id"]), reference=last["reference"], code=last["code"])


def said(answers: Mapping) -> bytes:
    """A keyed fingerprint of what was answered: the same for the same answers, telling nobody what they are."""
    words = {name: answers[name] for name in ANSWERS if name in answers}
    return digests.keyed("said", json.dumps(words, sort_keys=True))


def found_by_phone(typed: str) -> bytes | None:
    """What a request is found by: the number however it is written; where none can be made out, what was typed."""
    digits = "".join(filter(str.isdigit, typed))
    return digests.blind_index("phone", phone_numbers.e164(typed) or (digits if len(digits) >= MIN_DIGITS else typed))


def found_by_email(typed: str) -> bytes | None:
    return digests.blind_index("email", typed)


def _letters(digest: bytes, count: int) -> str:
    number, letters = int.from_bytes(digest), ""
    for _ in range(count):
        number, place = divmod(number, len(ALPHABET))
        letters += ALPHABET[place]
    return letters


def grouped(code: str) -> str:
    """A code as it is read and written down: in fours."""
    return " ".join(code[start : start + 4] for start in range(0, len(code), 4))


def tidied(typed: str) -> str:
    """A code or reference as somebody typed it, in our letters: any case, spaces and dashes, O for Q is not guessed."""
    return "".join(letter for letter in typed.upper() if letter in ALPHABET)
