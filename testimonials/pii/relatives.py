"""Finds relatives: a kinship term after a possessive ("my son"), or one used alone like a name ("Mom")."""

import re
from collections.abc import Iterator

from . import gazetteers
from .entities import Kind, Match
from .tokenizer import Gap, Token

_MAX_DISTANCE = 6  # words between "my" and "son"
_USED_ALONE = frozenset(
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
_SPANISH_POSSESSIVES = frozenset(["mi", "mis", "nuestro", "nuestra"])
_NOT_AFTER_MY = frozenset(["boy", "girl"])  # "my girl" may be a friend; "our girl" is a daughter

# "My son", "my daughter" and the like in languages with another word order or script.
_OTHER_LANGUAGES = re.compile(
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

_MAY_BE_OTHER_LANGUAGE = re.compile(
    "[\u0600-\u06ff\u0900-\u097f\u4e00-\u9fff\uac00-\ud7af]"
    r"|tôi\b|\bem\b| ko\b| namin\b| m(?:wen)?\b|\b[Mm](?:on|a|eu|inha|[óo]j\w*) |\b[Nn]otre "
)


def find_relatives(text: str, tokens: list[Token]) -> Iterator[Match]:
    """my son, our youngest daughter, my ex wife, mi hijo, em trai tôi, Granddad"""
    if _MAY_BE_OTHER_LANGUAGE.search(text):
        for match in _OTHER_LANGUAGES.finditer(text):
            yield _match(text, match.start(), match.end())
    for at, token in enumerate(tokens):
        if token.norm in gazetteers.POSSESSIVES:
            end = _end_of_kinship(tokens, at)
            if end > at + 1:
                yield _match(text, token.start, tokens[end - 1].end, is_spanish=token.norm in _SPANISH_POSSESSIVES)
        elif _is_used_alone(tokens, at):
            yield _match(text, token.start, token.end)


def _end_of_kinship(tokens: list[Token], at: int) -> int:
    """The end of the kinship phrase that the possessive at a place begins; the next place if there is none."""
    end = next_at = at + 1
    while next_at < len(tokens) and next_at - at <= _MAX_DISTANCE and tokens[next_at].gap != Gap.SENTENCE_END:
        norm = tokens[next_at].norm
        next_at += 1
        if _is_kinship(norm) or (norm in _NOT_AFTER_MY and tokens[at].norm != "my"):
            end = next_at
        elif norm not in gazetteers.KINSHIP_ADJECTIVES and not norm.isdigit():
            break
    return end


def _is_kinship(norm: str) -> bool:
    if norm in gazetteers.NOT_RELATIVES:
        return False
    return norm in gazetteers.KINSHIP or (
        not gazetteers.is_known_word(norm) and bool(gazetteers.misspelled_kinship().find(norm))
    )


def _is_used_alone(tokens: list[Token], at: int) -> bool:
    """Mum went in, Granddad will be; not "a mom" or "Mama Rose"."""
    token = tokens[at]
    if token.norm not in _USED_ALONE or token.is_possessive or not token.is_title_case:
        return False
    if at and token.gap != Gap.SENTENCE_END and tokens[at - 1].norm in gazetteers.KINSHIP_MODIFIERS:
        return False
    after = at + 1
    return after == len(tokens) or not tokens[after].is_capital or tokens[after].gap != Gap.SPACE


def _match(text: str, start: int, end: int, *, is_spanish: bool = False) -> Match:
    replacement = "alguien cercano a mí" if is_spanish else "someone close to me"
    return Match(Kind.RELATIVE, start, end, text[start:end], replacement)
