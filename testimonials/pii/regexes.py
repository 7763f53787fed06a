"""Patterns of what a regular expression alone identifies.

Every repetition that overlaps with another part of its pattern is bounded, so that no text makes matching slow.
"""

from .entities import Kind
from .regex_parts import (
    DAY,
    DAY_WORD,
    FOREIGN_MONTH,
    HOLIDAY,
    LONG_MONTH,
    MONTH,
    NETWORK,
    RUSSIAN_DURATION,
    SOBER,
    SPOKEN_DIGIT,
    STATE,
    STATE_NAME,
    STREET,
    STREET_OR_WORD,
    TLD,
    YEAR,
)

# Most specific first: of two matches that overlap, the longer wins, and of equally long ones the earlier pattern.
PATTERNS: list[tuple[Kind, str]] = [
    (Kind.EMAIL, r"(?<![\w.+-])[\w.+%-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}"),
    (
        Kind.EMAIL,
        r"(?<![\w.+-])[\w.+-]{1,64} ?(?:\(at\)|\[at\]|\{at\}|@| at ) ?[a-z0-9-]{1,40} ?(?:\(dot\)|\[dot\]|"
        r"\{dot\}| dot ) ?"
        r"(?:com|net|org|edu|gov|info|us|co|io|me)\b",
    ),
    (
        Kind.EMAIL,
        r"(?<![\w.+-])[\w.+-]{1,64} ?(?:\(at\)|\[at\]|\{at\}| at (?=(?:gmail|yahoo|hotmail|outlook|aol|icloud|"
        r"proton|live|msn)\.)) ?"
        r"[a-z0-9-]{1,40}\.(?:com|net|org|edu|me|co)\b",
    ),
    (Kind.WEB, r"\b(?:https?://|www\.)[^\s<>\"'’)\]]{2,300}"),
    (Kind.WEB, rf"(?<![\w@.-])(?:[a-z0-9-]{{1,63}}\.){{1,4}}{TLD}\b(?:/[^\s<>\"'’)\]]{{0,200}})?"),
    (Kind.WEB, r"\b(?:www dot )?[a-z0-9-]{2,40} dot (?:com|org|net)\b(?: slash [a-z0-9-]{1,40})?"),
    (Kind.HANDLE, r"(?<![\w@.])@[a-z0-9_](?:[\w.-]{0,38}\w)?"),
    (
        Kind.HANDLE,
        rf"\b(?:my |mi |our )?{NETWORK}(?: (?:name|handle|user(?:name)?|account|me|is|tag|page))?(?: is)"
        rf"? ?[:=@-]{{1,2}} ?@?"
        r"[a-z0-9_.$-]{2,39}(?<![.-])",
    ),
    (
        Kind.HANDLE,
        rf"\b(?:add|follow|find|message|msg|dm|hit|hmu|friend|contact|pm)(?: (?:me|us|up|him|her))*(?: up)"
        rf"?(?: on)? (?:my )?{NETWORK}"
        r"(?: is| at| as|:| under)?:? @?[a-z0-9_.-]*[0-9_.][a-z0-9_.-]*\w",
    ),
    (
        Kind.HANDLE,
        rf"\b{NETWORK} (?:name |handle |user(?:name)? |is |at |as ){{0,2}}@?(?=[a-z.-]*[0-9_]|[a-z]+\.[a-z])"
        rf"[a-z0-9_][a-z0-9_.-]{{1,38}}\w",
    ),
    (Kind.HANDLE, r"\bu/[a-z0-9_-]{3,30}|\$[a-z][a-z0-9_]{2,25}\b"),
    (Kind.NUMBER, r"(?<![\d-])\d{3}[- .–]\d{2}[- .–]\d{4}(?![\d-])"),
    (
        Kind.NUMBER,
        r"\b(?:ssn?|social(?: security)?(?: number| no\.?| #)?)(?: is| was|:| #|=)? ?#?(?:\d{9}|"
        r"\d{3}[ .-]?\d{2}[ .-]?\d{4}|\d{4})\b",
    ),
    (
        Kind.NUMBER,
        r"\b(?:mrn|chart|record|medical record|patient|client|case|claim|member|policy|group|insurance|account|"
        r"acct|file|id|rx|"
        r"prescription|invoice|bill|confirmation|badge|license|dl|plate|booking|docket|ref(?:erence)?|medicaid|"
        r"medicare|aetna|cigna|bcbs)"
        r"(?: (?:number|num|no|id|code|policy|member|card|record)){0,2}\.?(?: (?:is|was))"
        r"?[ :#=-]{0,4}(?=[a-z-]{0,6}\d)[a-z]{0,5}-?\d[\da-z-]{2,20}\b",
    ),
    (
        Kind.NUMBER,
        r"\b(?:room|rm|bed|bunk|cama|cuarto|habitaci[oó]n|pod|cabin|dorm|suite)\.?(?: (?:number|no|num|"
        r"n[uú]mero))?\.?[ :#]{0,3}"
        r"(?:\d{1,4}(?!x\b)[a-z]?\b(?!%| ?(?:of us|people|guys|girls|bunk|other|beds|or \d|to \d))|[a-d]\d{0,3}\b|"
        r"[a-f]-\d{1,3})"
        r"(?:[ ,]{0,2}(?:bed|bunk|cama) ?#?(?:\d{1,3}[a-z]?|[a-f])\b)?",
    ),
    (Kind.NUMBER, r"(?<![\w.$])#\d{4,12}\b"),
    (
        Kind.NUMBER,
        r"\b(?:card|policy|member|insurance|account|record) (?:card )?(?:number|no|id)\.?:? ?(?:is |was )"
        r"?[a-z]{0,4} ?\d{2,4}(?: \d{2,4}){1,4}\b",
    ),
    (Kind.NUMBER, r"\b[A-Z]{2,4}-?\d{5,12}\b"),
    (
        Kind.PHONE,
        r"(?<![\w$])(?<!\d[.-])(?:\+?1[ .-]{0,2})?(?:\( ?\d{3} ?\)|\d{3})[ .\-–/]{0,3}\d{3}[ .\-–]{0,3}\d{4}(?![\d-])"
        r"(?: ?(?:x|ext\.?|extension) ?\d{1,6})?",
    ),
    (Kind.PHONE, r"(?<![\w$.-])\d{3}[-.–]\d{4}(?![\d-])"),
    (Kind.PHONE, rf"\b{SPOKEN_DIGIT}(?:[ ,.-]{{1,2}}(?:{SPOKEN_DIGIT}|\d{{2,4}})){{3,10}}\b"),
    (Kind.PHONE, r"(?<![\w])(?:\d[ .\-]{1,2}){6,10}\d(?!\w)"),
    (Kind.PHONE, r"\+\d{1,3}(?:[ .()-]{0,2}\d{2,4}){2,5}\b"),
    (Kind.PHONE, r"\b(?:1-)?8(?:00|33|44|55|66|77|88)-[a-z0-9]{3}-?[a-z0-9]{4}\b"),
    (
        Kind.ADDRESS,
        rf"\b\d{{1,6}}[a-z]? (?:(?:n|s|e|w|ne|nw|se|sw|north|south|east|west)\.? )"
        rf"?(?:[a-z0-9][\w'’.-]{{0,24}} ){{1,3}}?(?:{STREET}|(?-i:{STREET_OR_WORD})|st(?= *(?:[,.\n]|$|apt|"
        rf"unit)))\b\.?"
        r"(?:,? ?(?:(?:apt|apartment|unit|suite|ste|bldg|building|rm|room|lot|floor|fl)\.? ?#?|#) ?[\da-z-]{1,5}\b)?"
        rf"(?:,? (?:[A-Za-z][\w.'-]{{1,20}} ){{0,3}}?(?:[A-Za-z][\w.'-]{{1,20}}),? (?-i:{STATE}|{STATE_NAME})"
        rf"\b)?(?:,? \d{{5}}(?:-\d{{4}})?\b)?",
    ),
    (
        Kind.ADDRESS,
        r"\b(?:calle|avenida|av\.?|calzada|callej[oó]n) (?:[a-zñáéíóú][\wñáéíóú.-]{1,20} )"
        r"{0,3}?[a-zñáéíóú][\wñáéíóú.-]{1,20},? (?:#|no\.? ?|n[uú]mero )?\d{1,5}\b",
    ),
    (
        Kind.ADDRESS,
        rf"(?-i:\b(?:[A-Z][\w.'-]{{1,20}} ){{0,2}}[A-Z][\w.'-]{{1,20}}, ?)?(?-i:{STATE}|{STATE_NAME})"
        rf",? \d{{5}}(?:-\d{{4}})?\b",
    ),
    (Kind.ADDRESS, r"\bzip(?: ?code)?(?: is|:)? ?\d{5}(?:-\d{4})?\b"),
    (Kind.ADDRESS, r"\b(?:apt|apartment|unit|lot|bldg|building)\.? ?#? ?(?:\d{1,5}[a-z]?|[a-z]-?\d{1,4})\b"),
    (Kind.ADDRESS, r"\bp\.? ?o\.? box \d{1,6}\b"),
    (
        Kind.ADDRESS,
        r"\b\d{5}-\d{4}\b|(?:(?<=\bfrom )|(?<=\()|(?<=\bin ))\d{5}(?= |\)|$|[.,](?!\d))(?! ?(?:people|dollars|"
        r"bucks|miles|steps))",
    ),
    (Kind.ADDRESS, rf"\b(?:corner of |on )(?-i:[A-Z0-9])\w{{1,20}} (?:and|&) (?-i:[A-Z0-9])\w{{1,20}} {STREET}\b"),
    (Kind.DATE, r"(?<![\w/.-])(?:0?[1-9]|1[0-2])[/.-](?:3[01]|[12]\d|0?[1-9])[/.-](?:\d{4}|\d{2})(?![\w/-])"),
    (Kind.DATE, r"(?<![\w/.-])(?:3[01]|[12]\d|0?[1-9])[/.-](?:0?[1-9]|1[0-2])[/.-](?:19|20)\d{2}(?![\w/-])"),
    (Kind.DATE, r"(?<![\w/.-])(?:19|20)\d{2}[/.-](?:0?[1-9]|1[0-2])(?:[/.-](?:3[01]|[12]\d|0?[1-9]))?(?![\w/-])"),
    (Kind.DATE, r"(?<=\bon )(?:0?[1-9]|1[0-2])[/-](?:3[01]|[12]\d|0?[1-9])(?![\w/-])"),
    (
        Kind.DATE,
        r"(?<![\w/.-])(?!24/7|12/12|12[- ]step|1/2|10/10|[1-9]/10|[1-5]/5|9/11)(?:0?[1-9]|1[0-2])/(?:3[01]|"
        r"[12]\d|0?[1-9])(?![\w/-])",
    ),
    (Kind.DATE, r"(?<![\w/.-])(?:0?[1-9]|1[0-2])/(?:19|20)\d{2}(?![\w/-])"),
    (
        Kind.DATE,
        rf"\b(?:(?:last|this past|next|early|late|mid)[ -])?{MONTH}\.? (?:the )?{DAY}\b(?:,? ?{YEAR})"
        rf"?(?! ?(?:days|months|weeks|years|people|times))",
    ),
    (Kind.DATE, rf"\b(?:(?:last|this past|next|early|late|mid|back in)[ -])?{MONTH}\.?,? (?:of |de |del )?{YEAR}"),
    (Kind.DATE, rf"\b(?:last |this past )?{MONTH} (?:the )?{DAY_WORD}\b(?:,? {YEAR})?"),
    (Kind.DATE, rf"\b(?:the )?{DAY} (?:of |de )?{LONG_MONTH}\b(?:,? (?:of |de |del )?{YEAR})?"),
    (Kind.DATE, rf"\b(?:the )?{DAY} {MONTH}\b\.?,? {YEAR}"),
    (Kind.DATE, rf"\b\d{{1,2}} {FOREIGN_MONTH}(?: \d{{4}})?"),
    (Kind.DATE, r"(?:\d{4}年)?\d{1,2}月\d{1,2}日|(?:\d{4}년 ?)?\d{1,2}월 ?\d{1,2}일"),
    (Kind.DATE, rf"\b(?:the )?{DAY_WORD} of {LONG_MONTH}\b(?:,? {YEAR})?"),
    (Kind.DATE, rf"\b(?:(?:last|this past) )?{HOLIDAY},? (?:of |de )?{YEAR}"),
    (Kind.DATE, r"\b(?:the )?(?:4th|fourth) of july\b(?:,? (?:19|20)\d\d)?|\bjuly (?:4th|fourth)\b"),
    (
        Kind.DATE,
        rf"\b(?:(?:the |last )?(?:early|late|mid)?[ -]?(?:spring|summer|fall|autumn|winter|primavera|verano|"
        rf"otoño|invierno)),? (?:of |de |del )?{YEAR}",
    ),
    (
        Kind.DATE,
        r"(?<![\w$#./:,-])(?:19[5-9]\d|20[0-3]\d)(?![\w%/:-]|[.,]\d| ?(?:mg|dollars|bucks|calories|people|sq|"
        r"square|miles|st\b))",
    ),
    (Kind.DATE, r"(?<=\bin )['’]\d\d\b|(?<=\bof )['’]\d\d\b|(?<=\bsince )['’]\d\d\b"),
    (Kind.DATE, r"\b(?:dob|born(?: on)?|birthday(?: is)?)[: ]{1,2}\d{1,2}[/.-]\d{1,2}(?:[/.-]\d{2,4})?"),
    (
        Kind.AGE,
        r"\b(?:9\d|1[01]\d)(?= ?-?(?:years?|yrs?|yo|y/o|yr)[ -]{0,2}(?:old|of age|young)|yo\b| ?y/?o\b| años\b| anos\b)"
        r"(?: ?-?(?:years?|yrs?|yr)[ -]{0,2}(?:old|of age|young)| ?yo\b| ?y/?o\b| años| anos)?",
    ),
    (
        Kind.AGE,
        r"(?<=\bage )(?:9\d|1[01]\d)\b|(?<=\baged )(?:9\d|1[01]\d)\b|(?<=\bturned )(?:9\d|1[01]\d)\b|"
        r"(?<=\bturning )(?:9\d|1[01]\d)\b",
    ),
    (Kind.AGE, r"(?<=, )(?:9\d|1[01]\d)(?=,)"),
    (
        Kind.AGE,
        r"\b(?:ninety(?:[ -](?:one|two|three|four|five|six|seven|eight|nine))?|one hundred(?: and)?(?: one|"
        r" two| three| four| five)?|noventa(?: y (?:uno|un|dos|tres|cuatro|cinco|seis|siete|ocho|nueve))?)"
        r"(?=[ -](?:years?|yrs?)[ -](?:old|of age|young)| años)(?:[ -](?:years?|yrs?)[ -](?:old|of age|young)| años)?",
    ),
    (Kind.DURATION, rf"\bday #?(?:[1-9]\d{{1,3}}\b(?! of (?:my|the)|%)|\d{{1,2}} {SOBER})"),
    (
        Kind.DURATION,
        r"\d{1,3} ?(?:개월|년|일|주)(?=째)|(?<=戒酒)(?:了|已经)?[\d一二三四五六七八九十两]{1,3}(?:个月|年|天|周)",
    ),
    (
        Kind.DURATION,
        rf"{RUSSIAN_DURATION}(?=[ ,]{{1,2}}(?:без алкоголя|не пь[её]т|не пью|трезв|чист))|"
        rf"(?:(?<=не пь[её]т )|(?<=не пью )|(?<=трезв )|(?<=трезва )|(?<=трезвый )|(?<=уже )){RUSSIAN_DURATION}",
    ),
    (
        Kind.AGE,
        r"(?:(?<=[.!?] )|(?<=\n)|\A)ninety[ -](?:one|two|three|four|five|six|seven|eight|nine)(?=[.,!])|"
        r"\ba hundred (?:and )?(?:one|two|three|four|five|six)(?= years| and|[.,!])|"
        r"\bnonagenarian\b|\bcentenarian\b",
    ),
    (Kind.AGE, r"\b(?:in (?:my|his|her|their) )(?:nineties|90s|90['’]s)\b"),
]
