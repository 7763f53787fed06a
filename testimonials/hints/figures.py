"""What is found by its form: phones, addresses of all kinds, numbers, dates, ages and lengths of sobriety.

No pattern repeats without a bound over what another part of it could take as well, so that no text makes it slow.
"""

import re
from collections.abc import Iterator

from .kinds import MARKS, Hint, Kind

_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|"
    r"nov(?:ember)?|dec(?:ember)?|enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre|octubre|noviembre|"
    r"diciembre)"
)
_LONG_MONTH = (
    r"(?:january|february|march|april|may|june|july|august|september|october|november|december|enero|febrero|marzo|"
    r"abril|mayo|junio|julio|agosto|septiembre|octubre|noviembre|diciembre)"
)
_YEAR = r"(?:(?:19[3-9]\d|20[0-4]\d)\b|['’]\d\d\b)"
_DAY = r"(?:3[01]|[12]\d|0?[1-9])(?:st|nd|rd|th|º)?"
_DAY_WORD = (
    r"(?:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|eleventh|twelfth|thirteenth|fourteenth|"
    r"fifteenth|sixteenth|seventeenth|eighteenth|nineteenth|twentieth|twenty[- ](?:first|second|third|fourth|fifth|"
    r"sixth|seventh|eighth|ninth)|thirtieth|thirty[- ]first)"
)
_HOLIDAY = (
    r"(?:easter(?: sunday)?|christmas(?: eve| day)?|xmas|thanksgiving(?: day)?|halloween|"
    r"new year['’]?s?(?: eve| day)?|memorial day|"
    r"labor day|veterans day|independence day|presidents['’]? day|mother['’]?s day|father['’]?s day|"
    r"valentine['’]?s(?: day)?|"
    r"st\.? patrick['’]?s day|mlk day|columbus day|juneteenth|hanukkah|passover|ramadan|eid|diwali|"
    r"cinco de mayo|good friday|"
    r"mardi gras|super bowl sunday|ash wednesday|palm sunday|navidad|nochebuena|semana santa)"
)
_UNIT = r"(?:years?|yrs?|months?|mos?|mths?|weeks?|wks?|days?|anos?|años?|mes(?:es)?|semanas?|dias?|días?)"
_COUNT_WORD = (
    r"(?:an?|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|"
    r"seventeen|"
    r"eighteen|nineteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|un|una|dos|tres|cuatro|cinco|"
    r"seis|siete|ocho|"
    r"nueve|diez|once|doce|quince|veinte|treinta)(?:[ -](?:one|two|three|four|five|six|seven|eight|nine|hundred))?"
)
_COUNT = rf"(?:\d{{1,5}}(?:[.,]\d{{1,2}})?(?: ?1/2|½)?|{_COUNT_WORD}|couple(?: of)?|few)"
_LENGTH = (
    rf"{_COUNT}(?: (?:and )?(?:a )?half)?(?: full| whole| long)?[ -]{{0,2}}{_UNIT}(?: (?:and )?a half)?"
    rf"(?:,? (?:and |y )?{_COUNT}[ -]{{0,2}}{_UNIT}){{0,2}}"
)
_SOBER = (
    r"(?:sober(?:\b|ly)|sobriety|clean\b|abstinen(?:t|ce)|drug[- ]free|alcohol[- ]free|off (?:of )"
    r"?(?:\w{2,14} ){0,2}?|free (?:of|from)\b|"
    r"in recovery|of recovery|recovery\b|without (?:a |using|drinking|touching|alcohol|drugs)|since my last|"
    r"sobri[ao]s?\b|limpi[ao]s?\b|de sobriedad|sin (?:beber|tomar|drogas|consumir|alcohol))"
)
_EMOJI = "\u2600-\u27bf\U0001f300-\U0001faff"
_LEADS_TO_A_LENGTH = (
    *("sober for", "clean for", "sober", "clean", "now for", "sobriety for", "recovery for", "sobriety:", "sober over"),
    *("clean over", "sober almost", "clean almost", "going on", "a drink in", "used in", "a drop in", "dry", "dry for"),
    *("i have", "i got", "ive got", "i've got", "i’ve got", "now have", "left with", "celebrated", "celebrating"),
    *("sobrio", "sobria", "limpio", "limpia", "llevo", "llevamos", "cumpli", "cumplí", "at my", "hit", "my"),
)
_SPOKEN = r"(?:zero|oh|one|two|three|four|five|six|seven|eight|nine|o|\d)"
_STREET = r"(?:street|avenue|ave|road|rd|boulevard|blvd|lane|ln|parkway|pkwy|highway|hwy|calle|avenida|calzada)"
_STREET_OR_WORD = (
    r"(?:St|Dr|Drive|Court|Ct|Circle|Cir|Place|Pl|Terrace|Ter|Way|Trail|Trl|Square|Sq|Loop|Pike|Alley|Row|Run|"
    r"Crossing|Xing|Route)"
)
_STATE = (
    r"(?:A[LKZR]|C[AOT]|D[EC]|FL|GA|HI|I[DLNA]|K[SY]|LA|M[EDAINSOT]|N[EVHJMYCD]|O[HKR]|PA|PR|RI|S[CD]|T[NX]|UT|"
    r"V[TAI]|W[AVIY])"
)
_STATE_NAME = (
    r"(?:Alabama|Alaska|Arizona|Arkansas|California|Colorado|Connecticut|Delaware|Florida|Georgia|Hawaii|Idaho|"
    r"Illinois|"
    r"Indiana|Iowa|Kansas|Kentucky|Louisiana|Maine|Maryland|Massachusetts|Michigan|Minnesota|Mississippi|Missouri|"
    r"Montana|Nebraska|Nevada|New Hampshire|New Jersey|New Mexico|New York|North Carolina|North Dakota|Ohio|Oklahoma|"
    r"Oregon|Pennsylvania|Rhode Island|South Carolina|South Dakota|Tennessee|Texas|Utah|Vermont|Virginia|Washington|"
    r"West Virginia|Wisconsin|Wyoming)"
)
_TLD = (
    r"(?:com|net|org|info|biz|edu|gov|io|co|me|us|tv|ly|gg|app|dev|site|online|health|care|clinic|blog|xyz|"
    r"club|live|link|page|"
    r"shop|store|church|recovery|rehab|es|mx|uk|ca|de|fr)"
)
_NETWORK = (
    r"(?:snap(?:chat)?|sc|ig|insta(?:gram)?|tik ?tok|twitter|facebook|fb|telegram|whats ?app|discord|kik|venmo|"
    r"cash ?app|reddit|"
    r"messenger|signal|youtube|x)"
)

# Most telling first: where two of them overlap, the longer wins, and of equals the earlier.
_FORMS: list[tuple[Kind, str]] = [
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
    (Kind.WEB, rf"(?<![\w@.-])(?:[a-z0-9-]{{1,63}}\.){{1,4}}{_TLD}\b(?:/[^\s<>\"'’)\]]{{0,200}})?"),
    (Kind.WEB, r"\b(?:www dot )?[a-z0-9-]{2,40} dot (?:com|org|net)\b(?: slash [a-z0-9-]{1,40})?"),
    (Kind.HANDLE, r"(?<![\w@.])@[a-z0-9_](?:[\w.-]{0,38}\w)?"),
    (
        Kind.HANDLE,
        rf"\b(?:my |mi |our )?{_NETWORK}(?: (?:name|handle|user(?:name)?|account|me|is|tag|page))?(?: is)"
        rf"? ?[:=@-]{{1,2}} ?@?"
        r"[a-z0-9_.$-]{2,39}(?<![.-])",
    ),
    (
        Kind.HANDLE,
        rf"\b(?:add|follow|find|message|msg|dm|hit|hmu|friend|contact|pm)(?: (?:me|us|up|him|her))*(?: up)"
        rf"?(?: on)? (?:my )?{_NETWORK}"
        r"(?: is| at| as|:| under)?:? @?[a-z0-9_.-]*[0-9_.][a-z0-9_.-]*\w",
    ),
    (
        Kind.HANDLE,
        rf"\b{_NETWORK} (?:name |handle |user(?:name)? |is |at |as ){{0,2}}@?(?=[a-z.-]*[0-9_])"
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
        r"(?:\d{1,4}[a-z]?\b(?!%| ?(?:of us|people|guys|girls|bunk|other|beds|or \d|to \d))|[a-d]\d{0,3}\b|"
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
    (Kind.PHONE, rf"\b{_SPOKEN}(?:[ ,.-]{{1,2}}(?:{_SPOKEN}|\d{{2,4}})){{3,10}}\b"),
    (Kind.PHONE, r"(?<![\w])(?:\d[ .\-]{1,2}){6,10}\d(?!\w)"),
    (Kind.PHONE, r"\+\d{1,3}(?:[ .()-]{0,2}\d{2,4}){2,5}\b"),
    (Kind.PHONE, r"\b(?:1-)?8(?:00|33|44|55|66|77|88)-[a-z0-9]{3}-?[a-z0-9]{4}\b"),
    (
        Kind.ADDRESS,
        rf"\b\d{{1,6}}[a-z]? (?:(?:n|s|e|w|ne|nw|se|sw|north|south|east|west)\.? )"
        rf"?(?:[a-z0-9][\w'’.-]{{0,24}} ){{1,3}}?(?:{_STREET}|(?-i:{_STREET_OR_WORD})|st(?= *(?:[,.\n]|$|apt|"
        rf"unit)))\b\.?"
        r"(?:,? ?(?:(?:apt|apartment|unit|suite|ste|bldg|building|rm|room|lot|floor|fl)\.? ?#?|#) ?[\da-z-]{1,5}\b)?"
        rf"(?:,? (?:[A-Za-z][\w.'-]{{1,20}} ){{0,3}}?(?:[A-Za-z][\w.'-]{{1,20}}),? (?-i:{_STATE}|{_STATE_NAME})"
        rf"\b)?(?:,? \d{{5}}(?:-\d{{4}})?\b)?",
    ),
    (
        Kind.ADDRESS,
        r"\b(?:calle|avenida|av\.?|calzada|callej[oó]n) (?:[a-zñáéíóú][\wñáéíóú.-]{1,20} )"
        r"{0,3}?[a-zñáéíóú][\wñáéíóú.-]{1,20},? (?:#|no\.? ?|n[uú]mero )?\d{1,5}\b",
    ),
    (
        Kind.ADDRESS,
        rf"(?-i:\b(?:[A-Z][\w.'-]{{1,20}} ){{0,2}}[A-Z][\w.'-]{{1,20}}, ?)?(?-i:{_STATE}|{_STATE_NAME})"
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
    (Kind.ADDRESS, rf"\b(?:corner of |on )(?-i:[A-Z0-9])\w{{1,20}} (?:and|&) (?-i:[A-Z0-9])\w{{1,20}} {_STREET}\b"),
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
        rf"\b(?:(?:last|this past|next|early|late|mid)[ -])?{_MONTH}\.? (?:the )?{_DAY}\b(?:,? ?{_YEAR})"
        rf"?(?! ?(?:days|months|weeks|years|people|times))",
    ),
    (Kind.DATE, rf"\b(?:(?:last|this past|next|early|late|mid|back in)[ -])?{_MONTH}\.?,? (?:of |de |del )?{_YEAR}"),
    (Kind.DATE, rf"\b(?:last |this past )?{_MONTH} (?:the )?{_DAY_WORD}\b(?:,? {_YEAR})?"),
    (Kind.DATE, rf"\b(?:the )?{_DAY} (?:of |de )?{_LONG_MONTH}\b(?:,? (?:of |de |del )?{_YEAR})?"),
    (Kind.DATE, rf"\b(?:the )?{_DAY} {_MONTH}\b\.?,? {_YEAR}"),
    (Kind.DATE, rf"\b(?:the )?{_DAY_WORD} of {_LONG_MONTH}\b(?:,? {_YEAR})?"),
    (Kind.DATE, rf"\b(?:(?:last|this past) )?{_HOLIDAY},? (?:of |de )?{_YEAR}"),
    (Kind.DATE, r"\b(?:the )?(?:4th|fourth) of july\b(?:,? (?:19|20)\d\d)?|\bjuly (?:4th|fourth)\b"),
    (
        Kind.DATE,
        rf"\b(?:(?:the |last )?(?:early|late|mid)?[ -]?(?:spring|summer|fall|autumn|winter|primavera|verano|"
        rf"otoño|invierno)),? (?:of |de |del )?{_YEAR}",
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
    (Kind.AGE, r"\b(?:in (?:my|his|her|their) )(?:nineties|90s|90['’]s)\b"),
]
_PATTERNS = [(kind, re.compile(pattern, re.I)) for kind, pattern in _FORMS]


_WITHOUT_STOPS = (Kind.WEB, Kind.EMAIL, Kind.ADDRESS, Kind.HANDLE)
_NEAR = 24  # code points before a passage that tell what it is

# What is only meant where something stands before or behind it: kind, form, one of these before, one of these behind.
_IN_CONTEXT = [
    (
        Kind.AGE,
        re.compile(r"\b(?:9\d|1[01]\d|ninety(?:[ -](?:one|two|three|four|five|six|seven|eight|nine))?)\b", re.I),
        re.compile(r"\b(?:is|was|at|i['’]?m|i am|s?he['’]?s|aged?|turned|turning) $", re.I),
        re.compile(
            r"(?! ?(?:days|%|percent|minutes|degrees|pounds|lbs|meetings|dollars|bucks|hours|months|weeks|clean|sober|/"
            r"|years (?!old|of age|young)|in (?:90|ninety)))",
            re.I,
        ),
    ),
    (
        Kind.DURATION,
        re.compile(rf"\b{_LENGTH}(?: and some change)?", re.I),
        re.compile(rf"\b(?:{'|'.join(_LEADS_TO_A_LENGTH)}) $", re.I),
        re.compile(
            r"(?! ?(?:ago|old|left|to go|in (?:jail|prison)|stays?|programs?|of experience|experience|before|"
            r"later|away))",
            re.I,
        ),
    ),
    (
        Kind.DURATION,
        re.compile(rf"\b{_LENGTH}(?: and some change)?", re.I),
        re.compile(r"(?:[.!?] {1,2}|\n|\A)$"),
        re.compile(
            rf" ?(?:$|[.!\n{_EMOJI}]| (?:today|now|tomorrow|next week|strong|lol|baby|on [a-z]{{3,9}} \d|on \d|"
            rf"for [a-z]+$))",
            re.I,
        ),
    ),
    (
        Kind.DURATION,
        re.compile(rf"\b{_LENGTH}", re.I),
        re.compile(
            r"(?<!for )(?<!in )(?<!last )(?<!past )(?<!next )(?<!every )(?<!after )(?<!of )(?<!the )(?<!only )$", re.I
        ),
        re.compile(
            rf" ?(?:today|now\b(?! (?:i |and ))|tomorrow|strong\b|baby\b|[{_EMOJI}])"
            rf"|,? (?:\w{{1,12}} ){{0,2}}?{_SOBER}| ago,? and (?:\w{{1,12}} ){{0,5}}?(?:sober|clean)\b",
            re.I,
        ),
    ),
]


def found(words: str) -> Iterator[Hint]:
    """Every passage of such a form; they may overlap."""
    for kind, pattern in _PATTERNS:
        for match in pattern.finditer(words):
            if kind != Kind.PHONE or _has_digits_of_a_phone(match[0]):
                yield _hint(kind, match)
    for kind, form, before, behind in _IN_CONTEXT:
        for match in form.finditer(words):
            near = words[max(0, match.start() - _NEAR) : match.start()]
            if before.search(near) and behind.match(words, match.end()):
                yield _hint(kind, match)


def _hint(kind: Kind, match: re.Match) -> Hint:
    text = match[0].rstrip(" ,.;:!?") if kind in _WITHOUT_STOPS else match[0].rstrip()
    return Hint(kind, match.start(), match.start() + len(text), text, offered(kind, text))


def _has_digits_of_a_phone(text: str) -> bool:
    """Seven digits or more, each as a figure or as a word."""
    return len(re.findall(r"\d|[a-z]{2,5}|\bo\b", text, re.I)) >= 7 or "-" in text


_A_YEAR = re.compile(r"\b(?:19[3-9]\d|20[0-4]\d)\b")
_A_SEASON = re.compile(r"spring|summer|fall|autumn|winter", re.I)
_HAS_A_DAY = re.compile(rf"\d|{_DAY_WORD}|{_HOLIDAY}", re.I)
_YEARS = re.compile(r"year|yr|a[nñ]o", re.I)
_MONTHS = re.compile(r"mo|mes|mth", re.I)


def offered(kind: Kind, text: str) -> str:
    """What a writer may put in place of a passage."""
    if kind == Kind.DATE:
        year = _A_YEAR.search(text)
        if not year or year[0] == text:
            return ""
        season = _A_SEASON.search(text)
        if season:
            return f"{season[0]} {year[0]}"
        return f"a day in {year[0]}" if _HAS_A_DAY.search(text.replace(year[0], "")) else year[0]
    if kind == Kind.DURATION:
        if _YEARS.search(text):
            return "over a year"
        return "some months" if _MONTHS.search(text) else "some time"
    return MARKS[kind]
