"""Crisis steps: what to do first for the risk signs in a request, in which order and language."""

from collections.abc import Collection

from .risk_signs import Sign
from .sign_patterns import TABLE, normalize

MIN_SPANISH_WORDS = 2  # that English does not have

_SPANISH = TABLE.terms("spanish.words")
_OVERDOSE, _EMERGENCY = ("911", "naloxone", "stay"), ("911", "stay")
_STEPS: dict[Sign, tuple[str, ...]] = {
    Sign.NOT_BREATHING: _OVERDOSE,
    Sign.OVERDOSE: _OVERDOSE,
    Sign.SEIZURE: _EMERGENCY,
    Sign.SUICIDE: ("988", "911", "stay"),
    Sign.CHEST: _EMERGENCY,
    Sign.CONFUSION: _EMERGENCY,
    Sign.WITHDRAWAL: ("taper", *_EMERGENCY),
    Sign.VIOLENCE: ("911",),
    Sign.STOPPING: ("taper",),
    Sign.MINOR_OR_PREGNANT: (),
}


def crisis_steps(signs: Collection[str]) -> list[str]:
    """The steps to show: those for the most dangerous sign first, staying with the person last."""
    steps = dict.fromkeys(step for sign in Sign if sign in signs for step in _STEPS[sign])
    return sorted(steps, key=lambda step: step == "stay")


def is_spanish(answers: dict) -> bool:
    """Whether someone asks for Spanish or writes it: the steps are then shown in Spanish too."""
    words = set(normalize(str(answers.get("story", ""))).split())
    return answers.get("language") == "es" or len(words & _SPANISH) >= MIN_SPANISH_WORDS
