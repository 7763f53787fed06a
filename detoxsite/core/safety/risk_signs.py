"""Which dangers a request tells of: looked for in what was typed, before it is acknowledged.

It never stops a request. What is looked for stands in danger.toml; in doubt it counts as danger, as a needless 911 on
a page costs less than a missing one. Lines match at the start of a word and look a bounded way ahead, so that no text
makes it slow.
"""

import re
import tomllib
import unicodedata
from collections.abc import Iterator
from itertools import accumulate
from pathlib import Path

from django.db import models


class Sign(models.TextChoices):
    """What a request tells of, most dangerous first, in words for staff."""

    NOT_BREATHING = "not_breathing", "not breathing, or cannot be woken"
    OVERDOSE = "overdose", "overdose"
    SEIZURE = "seizure", "seizure"
    SUICIDE = "suicide", "suicide, or plans to hurt somebody"
    CHEST = "chest", "chest pain"
    CONFUSION = "confusion", "sees or hears things, or is badly confused"
    WITHDRAWAL = "withdrawal", "withdrawal"
    VIOLENCE = "violence", "somebody is hurting them"
    MINOR_OR_PREGNANT = "minor_or_pregnant", "pregnant or under 18"  # no danger of its own


DANGER_NOW = "Danger now"
DEADLY_TO_STOP = ("alcohol", "benzos")
WITHDRAWN_FROM = (*DEADLY_TO_STOP, "opioids")
MAX_DENIAL_DISTANCE = 6  # words
MIN_SPANISH = 2  # words that only Spanish has

_TABLE = tomllib.loads(Path(__file__).with_name("risk_signs.toml").read_text(encoding="utf-8"))
_SPANISH = frozenset(_TABLE["spanish"]["words"])
_NO, _FILLER, _OR = (frozenset(_TABLE["denial"][name]) for name in ("no", "filler", "or"))


def signs(answers: dict) -> tuple[str, ...]:
    """The signs that the words and the checked answers tell of, most dangerous first. Never raises over a text."""
    told = _told(_plain(" . ".join(str(answers.get(name) or "") for name in ("phone", "name", "story"))))
    stopped = "stopped" in told or ("paused" in told and _checked(answers, DEADLY_TO_STOP))
    if stopped and "shaking" in told:
        told.add(Sign.WITHDRAWAL.value)
    return tuple(sign.value for sign in Sign if sign.value in told)


def urgency(answers: dict, found) -> int:
    """3: danger now. 2: withdrawal may start within 72 hours. 1: minor, pregnant, or used lately. 0: the rest."""
    if any(sign != Sign.MINOR_OR_PREGNANT for sign in found):
        return 3
    if answers.get("recent") in ("yes", "unsure") and _checked(answers, WITHDRAWN_FROM):
        return 2
    return int(bool(found) or answers.get("recent") == "yes")


def reasons(answers: dict, found) -> list[str]:
    """Why a request is urgent, in our words: what the person wrote is never quoted."""
    labels = dict(Sign.choices)
    dangers = [labels[sign] for sign in found if sign != Sign.MINOR_OR_PREGNANT]
    why = [f"{DANGER_NOW}: {'; '.join(dangers)}"] if dangers else []
    if used := _used(answers):
        why.append(used)
    if Sign.MINOR_OR_PREGNANT in found:
        why.append(labels[Sign.MINOR_OR_PREGNANT].capitalize())
    return why


def steps(found) -> list[str]:
    """Which first steps to show, in the order they are needed: what the worst sign needs first, staying last."""
    needed = dict.fromkeys(step for sign in Sign if sign in found for step in _TABLE["signs"][sign]["steps"])
    return sorted(needed, key=lambda step: step == "stay")


def is_spanish(answers: dict) -> bool:
    """Whether somebody asks for Spanish, or writes it: then the first steps are said in it too."""
    words = set(_plain(str(answers.get("story", ""))).split())
    return answers.get("language") == "es" or len(words & _SPANISH) >= MIN_SPANISH


def _checked(answers: dict, names) -> list[str]:
    return [name for name in names if name in (answers.get("substances") or ())]


def _used(answers: dict) -> str:
    what = " and ".join(_checked(answers, WITHDRAWN_FROM))
    if answers.get("recent") == "yes":
        return f"Used {what or 'something'} within 72 hours"
    return f"May have used {what} within 72 hours" if answers.get("recent") == "unsure" and what else ""


# What was typed, made plain: " . he cant breathe . "

_MARKS = (
    "'`´‘’‚‛ʹʻʼʽˈ′＇\u00ad\u034f\u061c\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u200b-\u200f\u202a-\u202e\u2060-\u2069"
    "\u20d0-\u20ff\ufe00-\ufe0f\ufe20-\ufe2f\ufeff"
)
_DROPPED = re.compile(f"[{_MARKS}]+")
_OTHER_SCRIPTS = re.compile(
    "[^\u0000-\u007f\u00c0-\u024f\u1e00-\u1eff\u2100-\u214f\u24b6-\u24e9\uff10-\uff5a\U0001d400-\U0001d7ff]+"
)
_SIGNS = {code: " " for code in range(128) if not chr(code).isalnum()}
_SIGNS |= {ord("'"): None, ord("`"): None, 0: None, ord("."): ".", ord(","): ","}
_SIGNS |= dict.fromkeys(map(ord, "!?:;()"), ".") | {ord("\n"): ","}
_DRAWN_OUT = re.compile(r"([a-z])\1\1+")


def _plain(text: str) -> str:
    """Lower case ASCII words, full stops and commas, each between single blanks."""
    text = text.casefold()
    if not text.isascii():
        text = _OTHER_SCRIPTS.sub(" . ", _DROPPED.sub("", text))  # first: NFKD is slow on many marks in a row
        text = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    text = text.translate(_SIGNS).replace(".", " . ").replace(",", " , ")
    return " ".join(_DRAWN_OUT.sub(r"\1", text).split()) + " "


# The lines of danger.toml, each found by how its first word begins

_BREAK = "(?: [.,]){0,3}"
_GAP = "(?: [a-z0-9]++){0,3}?"
_ENDING = "[a-z0-9]*+"
_ANY = {"*": "[a-z0-9]++", "#": "[1-9][0-9]{1,2}"}
_START = 4  # letters that the start of a word with any ending is found by


def _choices(written: str) -> Iterator[str]:
    for choice in written.removesuffix("?").split("/"):
        yield from _TABLE["lists"][choice[1:]] if choice.startswith("@") else [choice]


def _one_of(written: str) -> str:
    choices = (_ANY.get(choice) or choice.replace("*", _ENDING) for choice in _choices(written))
    return f"(?:{'|'.join(choices)})(?= )"


def _rest(tokens: list[str]) -> str:
    pattern = ""
    for written in tokens:
        word = _GAP if written == ".." else f"{_BREAK} {_one_of(written)}"
        pattern += f"(?:{word})?" if written.endswith("?") else word
    return pattern


def _lines() -> Iterator[tuple[str, str]]:
    """Every line with what it tells of. The harmless come first: they take words away from the rest."""
    yield from (("harmless", line) for line in _TABLE["harmless"]["lines"])
    for sign in Sign:
        yield from ((sign.value, line) for language in ("en", "es") for line in _TABLE["signs"][sign.value][language])
    for name, part in _TABLE["withdrawal"].items():
        yield from ((name, line) for line in part["lines"])


def _start(word: str) -> str:
    return f"{word[:_START]}*" if "*" in word else word


def _needs(tokens: list[str]) -> Iterator[frozenset[str]]:
    """For each word that a line cannot do without, the words of which a text must then have one."""
    for written in tokens:
        if written != ".." and written not in _ANY and not written.endswith("?"):
            yield frozenset(map(_start, _choices(written)))


def _matchers() -> tuple[dict[str, list], dict[str, int]]:
    """By the first word of a line: what it tells of, its match and needs as bits; by any word the needs it meets."""
    starts: dict[str, list] = {}
    meets: dict[str, int] = {}
    bits: dict[frozenset[str], int] = {}
    for told, line in _lines():
        first, *rest = line.split()
        needs = 0
        for need in _needs(rest):
            needs |= bits.setdefault(need, 1 << len(bits))
        match = re.compile(_one_of(first) + _rest(rest)).match
        for start in dict.fromkeys(map(_start, _choices(first))):
            starts.setdefault(start, []).append((told, match, needs))
    for need, bit in bits.items():
        for word in need:
            meets[word] = meets.get(word, 0) | bit
    return starts, meets


_STARTS, _MEETS = _matchers()


def _of_use(words: list[str]) -> dict[str, list]:
    """The matchers to try at each word, without those that need a word which is not there."""
    starts = {word: f"{word[:_START]}*" for word in set(words)}
    there = starts.keys() | starts.values()
    met = 0
    for word in there & _MEETS.keys():
        met |= _MEETS[word]
    tried = {
        start: [(told, match) for told, match, needs in _STARTS[start] if needs & met == needs]
        for start in there & _STARTS.keys()
    }
    both = ((word, tried.get(word, []) + tried.get(start, [])) for word, start in starts.items())
    return {word: matchers for word, matchers in both if matchers}


def _told(text: str) -> set[str]:
    """What plain words tell of: signs, and the parts that withdrawal is made of."""
    words, told, harmless_to = text.split(" "), set(), 0
    letters_before = list(accumulate(map(len, words), initial=0))
    tries = [(index, tried) for index, tried in enumerate(map(_of_use(words).get, words)) if tried]
    for index, tried in tries:
        place = letters_before[index] + index
        for what, match in tried:
            if what in told or place < harmless_to or not (hit := match(text, place)):
                continue
            if what == "harmless":
                harmless_to = hit.end()
            elif words[index] in _NO or not _is_denied(words[max(0, index - MAX_DENIAL_DISTANCE) : index]):
                told.add(what)
    return told


def _is_denied(before: list[str]) -> bool:
    """Whether "no", "never had" or the like stands right before, also over "or"."""
    nearer = reversed(before)
    for word in nearer:
        if word in _NO:
            return True
        if word in _OR:
            next(nearer, None)
        elif word not in _FILLER:
            return False
    return False
