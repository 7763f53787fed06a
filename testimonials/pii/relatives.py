"""What writers call their relatives: a word for kin behind whose they are, or a word that is said without."""

import re
from collections.abc import Iterator

from . import gazetteers
from .entities import Hint, Kind
from .tokenizer import Gap, Word

_MAX_DISTANCE = 6  # words between "my" and "son"
_SAID_ALONE = frozenset(
    [
        "mom",
        "mum",
        "mama",
        "dad",
        "daddy",
        "grandma",
        "grandpa",
        "granddad",
        "grandad",
        "granny",
        "nana",
        "papa",
        "mami",
    ]
)
_NOT_MY = frozenset(["boy", "girl"])  # "my girl" may be a friend; "our girl" is a daughter

# Son, daughter, husband, wife, mother, father, brother and sister of mine where the words stand another way round.
_ELSEWHERE = re.compile(
    r"""
      \b(?:con\ (?:trai|gái)|em\ (?:trai|gái)|anh\ trai|chị\ gái|chồng|vợ|mẹ|bố|cha|bà|ông)\ (?:tôi|em|của\ tôi)\b
    | \b(?:anak|nanay|tatay|asawa|kapatid|kuya|ate|lola|lolo|ina|ama|pamangkin|pinsan|apo)\ (?:ko|namin)\b
    | \b(?:pitit|manman|papa|mari|madanm|frè|sè|granmè|granpè|kouz[ei]n|tant|tonton)(?:\ (?:fi|gason))?\ m(?:wen)?\b
    | \b(?:mon|ma|notre)\ (?:fils|fille|mari|femme|(?:grand-)?[mp]ère|frère|s(?:œ|oe)ur|cousine?|oncle|tante)\b
    | \b(?:meu|minha)\ (?:filh[oa]|marido|esposa|mãe|pai|irmão|irmã|avó|avô|ti[oa]|prim[oa])\b
    | \b(?:mój|moja|moją|mojego|mojej)\ (?:syn\w*|córk\w+|mąż|męża|żon\w+|matk\w+|ojc\w+|brat\w*|siostr\w+)\b
    | (?:我|我的|我们的)(?:爸爸|妈妈|父亲|母亲|儿子|女儿|丈夫|老公|妻子|老婆|哥哥|弟弟|姐姐|妹妹)
    | (?:我|我的|我們的)(?:奶奶|爷爷|爺爺|爸|妈|媽|媽媽|父親|母親|兒子|女兒)
    | (?:우리|제|저희|내)\ ?(?:아버지|어머니|아빠|엄마|아들|딸|남편|아내|오빠|언니|누나|형|동생|할머니|할아버지)
    | (?:मेरे|मेरी|मेरा|हमारे|हमारी|हमारा)\ (?:पति|पत्नी|बेटे|बेटी|बेटा|माँ|मां|पिता|पिताजी|भाई|बहन|दादी|दादा)
    | \b(?:ابني|ابنتي|زوجي|زوجتي|أخي|اخي|أختي|اختي|أمي|امي|والدتي|والدي|أبي|ابي|جدتي|جدي)\b
    """,
    re.VERBOSE | re.IGNORECASE,
)

_MAY_BE_ELSEWHERE = re.compile(
    "[\u0600-\u06ff\u0900-\u097f\u4e00-\u9fff\uac00-\ud7af]"
    r"|tôi\b|\bem\b| ko\b| namin\b| m(?:wen)?\b|\b[Mm](?:on|a|eu|inha|[óo]j\w*) |\b[Nn]otre "
)


def relatives(words: str, parts: list[Word]) -> Iterator[Hint]:
    """my son, our youngest daughter, my ex wife, mi hijo, em trai tôi, Granddad"""
    if _MAY_BE_ELSEWHERE.search(words):
        for match in _ELSEWHERE.finditer(words):
            yield _hint(words, match.start(), match.end(), "my")
    for at, word in enumerate(parts):
        if word.key in gazetteers.WHOSE:
            last = _behind_kin(parts, at)
            if last > at + 1:
                yield _hint(words, word.start, parts[last - 1].end, word.key)
        elif _is_said_alone(parts, at):
            yield _hint(words, word.start, word.end, "")


def _behind_kin(parts: list[Word], at: int) -> int:
    """The word behind the last one for kin that belongs to "my" at a place."""
    end = last = at + 1
    while end < len(parts) and end - at <= _MAX_DISTANCE and parts[end].before != Gap.HARD:
        key = parts[end].key
        if _is_kin(key) or (key in _NOT_MY and parts[at].key != "my"):
            last = end + 1
        elif key not in gazetteers.ADJECTIVES and not key.isdigit():
            break
        end += 1
    return last


def _is_kin(key: str) -> bool:
    if key in gazetteers.NO_RELATIVE:
        return False
    return key in gazetteers.KINSHIP or (not gazetteers.is_known(key) and bool(gazetteers.mistyped_kinship().find(key)))


def _is_said_alone(parts: list[Word], at: int) -> bool:
    """Mum went in, Granddad will be; not "a mom" or "Mama Rose"."""
    word = parts[at]
    if word.key not in _SAID_ALONE or word.is_possessive or not word.is_titled:
        return False
    if at and word.before != Gap.HARD and parts[at - 1].key in gazetteers.NOT_ALONE_BEHIND:
        return False
    after = at + 1
    return after == len(parts) or not parts[after].is_capital or parts[after].before != Gap.BLANK


def _hint(words: str, start: int, end: int, whose: str) -> Hint:
    spanish = whose in ("mi", "mis", "nuestro", "nuestra")
    return Hint(
        Kind.RELATIVE, start, end, words[start:end], "alguien cercano a mí" if spanish else "someone close to me"
    )
