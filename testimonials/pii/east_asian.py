"""Finds names in Chinese, Japanese and Korean, where no blank separates a name from the words around it."""

import re
from collections.abc import Iterator

_SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚"
    "卢姜崔钟谭陆汪范金石廖"
    "贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤張劉陳楊黃趙吳孫馬羅鄭謝許"
    "韓馮鄧蕭葉蘇呂盧鍾譚陸賈鄒龍顧龔錢嚴湯"
)
_NOT_IN_GIVEN_NAMES = (
    "每天都的了是在来來很也和对對我你您他她它们們说說给給帮幫陪就把让讓又会會没沒有不这這那太真非常一跟与與"
    "护護医醫大老主先女"
)
_GIVEN = f"[^\\W\\d_{_NOT_IN_GIVEN_NAMES}\u3040-\u30ff\uac00-\ud7a3a-zA-Z]"
_CHINESE_AFTER = "医生|护士|大夫|主任|老师|先生|女士|护工|阿姨|叔叔|治疗师|咨询师|社工|醫生|護士|醫師|老師"
_CHINESE_BEFORE = (
    "护士长|护士|医生|大夫|主任|咨询师|治疗师|護士|醫生|儿子|女儿|兒子|女兒|妻子|丈夫|老公|老婆|哥哥|弟弟|"
    "姐姐|妹妹|朋友|谢谢|感谢|謝謝|感謝|叫"
)
_JAPANESE_HONORIFICS = "さん|様|さま|先生|くん|君|ちゃん"
_KOREAN_TITLES = "씨|님|선생|간호사|의사|상담사|원장|실장|팀장"

_PATTERNS = [
    re.compile(pattern)
    for pattern in (
        f"[{_SURNAMES}]{_GIVEN}{{0,2}}(?={_CHINESE_AFTER})",
        *(f"(?<={word})[{_SURNAMES}]{_GIVEN}{{1,2}}" for word in _CHINESE_BEFORE.split("|")),
        f"[\u4e00-\u9fff々]{{1,4}}(?={_JAPANESE_HONORIFICS})|[ァ-ヶー]{{2,8}}(?={_JAPANESE_HONORIFICS})|[ぁ-ん]{{2,4}}(?=さん|ちゃん|くん)",
        f"[가-힣]{{2,4}}(?= ?(?:{_KOREAN_TITLES}))",
    )
]
_EAST_ASIAN = re.compile("[\u3040-\u30ff\u4e00-\u9fff\uac00-\ud7a3]")


def find_names(text: str) -> Iterator[tuple[int, int]]:
    """Spans of names beside a title or a kinship term; they may overlap."""
    if _EAST_ASIAN.search(text):
        for pattern in _PATTERNS:
            yield from (match.span() for match in pattern.finditer(text))
