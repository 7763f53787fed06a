"""Building blocks for the patterns of dates, durations, addresses and accounts.

Each is a regular expression in its own group, matched without regard to case.
"""

MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|"
    r"nov(?:ember)?|dec(?:ember)?|enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre|octubre|noviembre|"
    r"diciembre)"
)
LONG_MONTH = (
    r"(?:january|february|march|april|may|june|july|august|september|october|november|december|enero|febrero|marzo|"
    r"abril|mayo|junio|julio|agosto|septiembre|octubre|noviembre|diciembre)"
)
FOREIGN_MONTH = (
    r"(?:января|февраля|марта|апреля|мая|июня|июля|августа|сентября|октября|ноября|декабря|يناير|فبراير|مارس|أبريل|ابريل|"
    r"مايو|يونيو|يوليو|أغسطس|اغسطس|سبتمبر|أكتوبر|اكتوبر|نوفمبر|ديسمبر|janvier|février|mars|avril|juin|juillet|août|"
    r"septembre|octobre|novembre|décembre|janeiro|fevereiro|março|maio|junho|julho|setembro|outubro|novembro|dezembro)"
)
YEAR = r"(?:(?:19[3-9]\d|20[0-4]\d)\b|['’]\d\d\b)"
DAY = r"(?:3[01]|[12]\d|0?[1-9])(?:st|nd|rd|th|º)?"
DAY_WORD = (
    r"(?:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|eleventh|twelfth|thirteenth|fourteenth|"
    r"fifteenth|sixteenth|seventeenth|eighteenth|nineteenth|twentieth|twenty[- ](?:first|second|third|fourth|fifth|"
    r"sixth|seventh|eighth|ninth)|thirtieth|thirty[- ]first)"
)
HOLIDAY = (
    r"(?:easter(?: sunday)?|christmas(?: eve| day)?|xmas|thanksgiving(?: day)?|halloween|"
    r"new year['’]?s?(?: eve| day)?|memorial day|"
    r"labor day|veterans day|independence day|presidents['’]? day|mother['’]?s day|father['’]?s day|"
    r"valentine['’]?s(?: day)?|"
    r"st\.? patrick['’]?s day|mlk day|columbus day|juneteenth|hanukkah|passover|ramadan|eid|diwali|"
    r"cinco de mayo|good friday|"
    r"mardi gras|super bowl sunday|ash wednesday|palm sunday|navidad|nochebuena|semana santa)"
)
UNIT = r"(?:years?|yrs?|months?|mos?|mn?ths?|weeks?|wks?|days?|anos?|años?|mes(?:es)?|semanas?|dias?|días?)"
COUNT_WORD = (
    r"(?:an?|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|"
    r"seventeen|"
    r"eighteen|nineteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|un|una|dos|tres|cuatro|cinco|"
    r"seis|siete|ocho|"
    r"nueve|diez|once|doce|quince|veinte|treinta)(?:[ -](?:one|two|three|four|five|six|seven|eight|nine|hundred))?"
)
COUNT = rf"(?:\d{{1,5}}(?:[.,]\d{{1,2}})?(?: ?1/2|½)?|{COUNT_WORD}|couple(?: of)?|few)"
DURATION = (
    rf"{COUNT}(?: (?:and )?(?:a )?half)?(?: full| whole| long)?[ -]{{0,2}}{UNIT}(?: (?:and )?a half)?"
    rf"(?:,? (?:and |y )?{COUNT}[ -]{{0,2}}{UNIT}){{0,2}}"
)
SOBER = (
    r"(?:sober(?:\b|ly)|sobriety|clean\b|abstinen(?:t|ce)|drug[- ]free|alcohol[- ]free|off (?:of )"
    r"?(?:\w{2,14} ){0,2}?|free\b(?! (?:coffee|food|wifi|time|of charge))|in recovery|of recovery|recovery\b|"
    r"without (?:a |using|drinking|touching|alcohol|drugs)|since my last|"
    r"sobri[ao]s?\b|limpi[ao]s?\b|de sobriedad|sin (?:beber|tomar|drogas|consumir|alcohol))"
)
RUSSIAN_DURATION = (
    r"\b(?:(?:\d{1,3}|один|одну|два|две|три|четыре|пять|шесть|семь|восемь|девять|десять|одиннадцать|двенадцать|сто) "
    r"(?:год\w?|лет|месяц\w{0,2}|недел\w{1,2}|д(?:ень|ня|ней))|полгода|год)\b"
)
EMOJI = "\u2600-\u27bf\U0001f300-\U0001faff"
DURATION_INTRODUCTIONS = (
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
SPOKEN_DIGIT = r"(?:zero|oh|one|two|three|four|five|six|seven|eight|nine|o|\d)"
STREET = r"(?:street|avenue|ave|road|rd|boulevard|blvd|lane|ln|parkway|pkwy|highway|hwy|calle|avenida|calzada)"
STREET_OR_WORD = (
    r"(?:St|Dr|Drive|Court|Ct|Circle|Cir|Place|Pl|Terrace|Ter|Way|Trail|Trl|Square|Sq|Loop|Pike|Alley|Row|Run|"
    r"Crossing|Xing|Route)"
)
STATE = (
    r"(?:A[LKZR]|C[AOT]|D[EC]|FL|GA|HI|I[DLNA]|K[SY]|LA|M[EDAINSOT]|N[EVHJMYCD]|O[HKR]|PA|PR|RI|S[CD]|T[NX]|UT|"
    r"V[TAI]|W[AVIY])"
)
STATE_NAME = (
    r"(?:Alabama|Alaska|Arizona|Arkansas|California|Colorado|Connecticut|Delaware|Florida|Georgia|Hawaii|Idaho|"
    r"Illinois|"
    r"Indiana|Iowa|Kansas|Kentucky|Louisiana|Maine|Maryland|Massachusetts|Michigan|Minnesota|Mississippi|Missouri|"
    r"Montana|Nebraska|Nevada|New Hampshire|New Jersey|New Mexico|New York|North Carolina|North Dakota|Ohio|Oklahoma|"
    r"Oregon|Pennsylvania|Rhode Island|South Carolina|South Dakota|Tennessee|Texas|Utah|Vermont|Virginia|Washington|"
    r"West Virginia|Wisconsin|Wyoming)"
)
TLD = (
    r"(?:com|net|org|info|biz|edu|gov|io|co|me|us|tv|ly|gg|app|dev|site|online|health|care|clinic|blog|xyz|"
    r"club|live|link|page|band|tech|world|life|love|space|wiki|"
    r"shop|store|church|recovery|rehab|es|mx|uk|ca|de|fr)"
)
NETWORK = (
    r"(?:snap(?:chat)?|sc|ig|insta(?:gram)?|tik ?tok|twitter|facebook|fb|telegram|whats ?app|discord|kik|venmo|"
    r"cash ?app|reddit|"
    r"messenger|signal|youtube|tt|threads|bluesky|twitch|x)"
)
