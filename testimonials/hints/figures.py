"""What is found by its form: phones, addresses of all kinds, numbers, dates, ages and lengths of sobriety.

No pattern repeats without a bound over what another part of it could take as well, so that no text makes it slow.
"""

import re
from collections.abc import Iterator, Set

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
_FOREIGN_MONTH = (
    r"(?:января|февраля|марта|апреля|мая|июня|июля|августа|сентября|октября|ноября|декабря|يناير|فبراير|مارس|أبريل|ابريل|"
    r"مايو|يونيو|يوليو|أغسطس|اغسطس|سبتمبر|أكتوبر|اكتوبر|نوفمبر|ديسمبر|janvier|février|mars|avril|juin|juillet|août|"
    r"septembre|octobre|novembre|décembre|janeiro|fevereiro|março|maio|junho|julho|setembro|outubro|novembro|dezembro)"
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
_UNIT = r"(?:years?|yrs?|months?|mos?|mn?ths?|weeks?|wks?|days?|anos?|años?|mes(?:es)?|semanas?|dias?|días?)"
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
    r"?(?:\w{2,14} ){0,2}?|free\b(?! (?:coffee|food|wifi|time|of charge))|in recovery|of recovery|recovery\b|"
    r"without (?:a |using|drinking|touching|alcohol|drugs)|since my last|"
    r"sobri[ao]s?\b|limpi[ao]s?\b|de sobriedad|sin (?:beber|tomar|drogas|consumir|alcohol))"
)
_RUSSIAN_LENGTH = (
    r"\b(?:(?:\d{1,3}|один|одну|два|две|три|четыре|пять|шесть|семь|восемь|девять|десять|одиннадцать|двенадцать|сто) "
    r"(?:год\w?|лет|месяц\w{0,2}|недел\w{1,2}|д(?:ень|ня|ней))|полгода|год)\b"
)
_EMOJI = "\u2600-\u27bf\U0001f300-\U0001faff"
_LEADS_TO_A_LENGTH = (
    *("sober for", "clean for", "sober", "clean", "now for", "sobriety for", "recovery for", "sobriety:", "sober over"),
    *("clean over", "sober almost", "clean almost", "going on", "a drink in", "used in", "a drop in", "dry", "dry for"),
    *("i have", "i got", "ive got", "i've got", "i’ve got", "now have", "left with", "celebrated", "celebrating"),
    *("checking in", "checkin in", "doin good", "doing good", "doing well", "doin well", "doing great", "coming up on"),
    *("both got", "both have", "just hit", "just got", "he has", "she has", "hes got", "shes got", "off em", "off it"),
    *("off them", "off everything", "clean now", "sober now", "would have been", "would be", "got my", "picked up my"),
    *("my daughter has", "my son has", "is now", "are now", "that she is", "that he is", "he is", "she is", "he’s"),
    *("she's", "he's", "she’s", "hes", "shes", "counting", "tengo", "tiene", "cumple", "sobre", "clean time"),
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
    r"club|live|link|page|band|tech|world|life|love|space|wiki|"
    r"shop|store|church|recovery|rehab|es|mx|uk|ca|de|fr)"
)
_NETWORK = (
    r"(?:snap(?:chat)?|sc|ig|insta(?:gram)?|tik ?tok|twitter|facebook|fb|telegram|whats ?app|discord|kik|venmo|"
    r"cash ?app|reddit|"
    r"messenger|signal|youtube|tt|threads|bluesky|twitch|x)"
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
        rf"\b{_NETWORK} (?:name |handle |user(?:name)? |is |at |as ){{0,2}}@?(?=[a-z.-]*[0-9_]|[a-z]+\.[a-z])"
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
    (Kind.DATE, rf"\b\d{{1,2}} {_FOREIGN_MONTH}(?: \d{{4}})?"),
    (Kind.DATE, r"(?:\d{4}年)?\d{1,2}月\d{1,2}日|(?:\d{4}년 ?)?\d{1,2}월 ?\d{1,2}일"),
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
    (Kind.DURATION, rf"\bday #?(?:[1-9]\d{{1,3}}\b(?! of (?:my|the)|%)|\d{{1,2}} {_SOBER})"),
    (
        Kind.DURATION,
        r"\d{1,3} ?(?:개월|년|일|주)(?=째)|(?<=戒酒)(?:了|已经)?[\d一二三四五六七八九十两]{1,3}(?:个月|年|天|周)",
    ),
    (
        Kind.DURATION,
        rf"{_RUSSIAN_LENGTH}(?=[ ,]{{1,2}}(?:без алкоголя|не пь[её]т|не пью|трезв|чист))|"
        rf"(?:(?<=не пь[её]т )|(?<=не пью )|(?<=трезв )|(?<=трезва )|(?<=трезвый )|(?<=уже )){_RUSSIAN_LENGTH}",
    ),
    (
        Kind.AGE,
        r"(?:(?<=[.!?] )|(?<=\n)|\A)ninety[ -](?:one|two|three|four|five|six|seven|eight|nine)(?=[.,!])|"
        r"\ba hundred (?:and )?(?:one|two|three|four|five|six)(?= years| and|[.,!])|"
        r"\bnonagenarian\b|\bcentenarian\b",
    ),
    (Kind.AGE, r"\b(?:in (?:my|his|her|their) )(?:nineties|90s|90['’]s)\b"),
]
_DIGIT = "digit"
_ROOM = "room|rm|bed|bunk"
_MONTHS_BEGIN = "jan feb mar apr may jun jul aug sep oct nov dec ene abr ago dic"
_HOLIDAYS_BEGIN = (
    "eas chr xma tha hal new mem lab vet ind pre mot fat val st pat mlk col jun han pas ram eid diw cin goo mar sup "
    "ash pal nav noc sem"
)
_NETWORKS_BEGIN = "sna sc ig ins tik twi fac fb tel wha dis kik ven cas red mes sig you x tt thr blu"
_UNITS_BEGIN = "yea yr yrs mon mo mos mth mnt wee wk wks day ano mes sem dia"
_SPOKEN_BEGIN = f"zer oh one two thr fou fiv six sev eig nin o {_DIGIT}"
# A form that contains the first is looked for only in a text with one of the second: the first three letters of a
# word, or a sign. Any other form needs a digit.
_NEEDED = [
    (part, frozenset(needed.split()))
    for part, needed in [
        *((_MONTH, _MONTHS_BEGIN), (_LONG_MONTH, _MONTHS_BEGIN), ("july", "jul"), (_FOREIGN_MONTH, _DIGIT)),
        *((_HOLIDAY, _HOLIDAYS_BEGIN), ("spring", "spr sum fal aut win pri ver oto inv")),
        *((_NETWORK, _NETWORKS_BEGIN), (_SPOKEN, _SPOKEN_BEGIN), (_UNIT, _UNITS_BEGIN), (_SOBER, "day")),
        *((_RUSSIAN_LENGTH, "алк пье пью тре чис уже"), ("개월", f"戒 {_DIGIT}")),
        *(("noventa", "nin nov hun"), ("ninet", f"nin hun non cen {_DIGIT}")),
        *((_ROOM, "roo rm bed bun cam cua hab pod cab dor sui"), ("corner of", "cor on")),
        *(("https?", "htt www"), (_TLD, "."), (" dot ", "dot at"), ("at (?=", "at"), ("u/", "/ $"), ("@", "@")),
    ]
]


def _needed(pattern: str) -> frozenset[str]:
    return next((needed for part, needed in _NEEDED if part in pattern), frozenset([_DIGIT]))


_PATTERNS = [(kind, _needed(pattern), re.compile(pattern, re.I)) for kind, pattern in _FORMS]


_WITHOUT_STOPS = (Kind.WEB, Kind.EMAIL, Kind.ADDRESS, Kind.HANDLE)
_NEAR = 24  # code points before a passage that tell what it is

# What no person's age goes before, and no length of sobriety.
_NO_AGE = (
    r"(?! ?(?:days|%|percent|minutes|degrees|pounds|lbs|meetings|dollars|bucks|hours|months|weeks|clean|sober|/|"
    r"years (?!old|of age|young)|in (?:90|ninety)))"
)
_NO_SOBRIETY = (
    r"(?! ?(?:ago|old|left|to go|in (?:jail|prison|an?|the|and)|stays?|programs?|of experience|experience|before|later|"
    r"away|of (?!sob|clean|rec|free)|at (?:a time|the|this|a)|late|early|behind|out from|pregnant|wait|detox|rehab|"
    r"bed))"
)
_IS_OLD = (
    r"\b(?:is|was|at|be|being|nearly|almost|past|reached|over|tiene|con|i['’]?m|i am|s?he['’]?s|aged?|turn(?:ed|ing)) $"
)
_ALONE_BEHIND = (
    rf" ?(?:$|[.!\n{_EMOJI}]| (?:homie|bro|fam|y['’]?all|still|thanks|ty|folks|and counting|in a row)\b|"
    r" (?:today|now|tomorrow|next week|strong|lol|baby|on [a-z]{3,9} \d|on \d|for [a-z]+$))"
)
_NOT_SINCE = r"(?<!for )(?<!in )(?<!last )(?<!past )(?<!next )(?<!every )(?<!after )(?<!of )(?<!the )(?<!only )$"
_SOBER_BEHIND = (
    rf" ?(?:today|now\b(?! (?:i |and ))|tomorrow|strong\b|baby\b|[{_EMOJI}])|"
    rf",? (?:\w{{1,12}} ){{0,2}}?{_SOBER}| ago,? and (?:\w{{1,12}} ){{0,5}}?(?:sober|clean)\b"
)
_LEADS = "|".join(_LEADS_TO_A_LENGTH)

# What is only meant where something stands before or behind it: kind, what the text must hold, form, and the pairs of
# what stands before and behind, of which one is enough.
_IN_CONTEXT = [
    (kind, needed, re.compile(form, re.I), [(re.compile(one, re.I), re.compile(other, re.I)) for one, other in around])
    for kind, needed, form, around in [
        (
            Kind.AGE,
            frozenset([_DIGIT, "nin"]),
            r"\b(?:9\d|1[01]\d|ninety(?:[ -](?:one|two|three|four|five|six|seven|eight|nine))?)\b",
            [(_IS_OLD, _NO_AGE)],
        ),
        (
            Kind.DURATION,
            _needed(_UNIT),
            rf"\b{_LENGTH}(?: and some change)?",
            [
                (rf"\b(?:{_LEADS}) $", _NO_SOBRIETY),
                (r"(?:[.!?] {1,2}|\n|\A)$", _ALONE_BEHIND),
                (_NOT_SINCE, _SOBER_BEHIND),
            ],
        ),
    ]
]


def found(words: str, keys: Set[str]) -> Iterator[Hint]:
    """Every passage of such a form; they may overlap. ``keys`` are the words of the text as they are looked up."""
    present = {*(key[:3] for key in keys), *words}
    if any(sign.isdigit() for sign in present):
        present.add(_DIGIT)
    for kind, needed, pattern in _PATTERNS:
        if not present.isdisjoint(needed):
            for match in pattern.finditer(words):
                if kind != Kind.PHONE or _has_digits_of_a_phone(match[0]):
                    yield _hint(kind, match)
    for kind, needed, form, contexts in _IN_CONTEXT:
        if not present.isdisjoint(needed):
            yield from (_hint(kind, match) for match in form.finditer(words) if _is_meant(words, match, contexts))


def _is_meant(words: str, match: re.Match, contexts: list[tuple[re.Pattern, re.Pattern]]) -> bool:
    near = words[max(0, match.start() - _NEAR) : match.start()]
    return any(before.search(near) and behind.match(words, match.end()) for before, behind in contexts)


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
