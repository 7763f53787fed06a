"""What may be answered in the call for help."""

from django.db import models

ANSWERS = ("phone", "email", "name", "whom", "leave", "times", "language", "story", "substances", "recent")
"""The names of all answers; ``leave``, ``times`` and ``substances`` are lists, the others text."""
_LISTS = {"leave", "times", "substances"}


def with_defaults(answers) -> dict:
    """``answers`` with what is missing left empty, and English where no language is named."""
    empty = {name: [] if name in _LISTS else "" for name in ANSWERS} | {"language": Language.EN.value}
    return empty | {name: answers[name] for name in ANSWERS if name in answers}


class NeedsHelp(models.TextChoices):
    ME = "me", "I do"
    OTHER = "other", "Someone else, such as my child, partner or friend"
    UNSAID = "unsaid", "I would rather not say"


class MessageConsent(models.TextChoices):
    VOICEMAIL = "voicemail", "Leave a voicemail"
    TEXT = "text", "Send a text message (your carrier may charge you; reply STOP to end)"


class CallTimes(models.TextChoices):
    NOW = "now", "As soon as you can"
    MORNING = "morning", "Morning, 6 to noon"
    AFTERNOON = "afternoon", "Afternoon, noon to 6"
    EVENING = "evening", "Evening, 6 to 10"
    NIGHT = "night", "Night, 10 to 6"


class Language(models.TextChoices):
    EN = "en", "English"
    ES = "es", "Español"
    VI = "vi", "Tiếng Việt"
    ZH = "zh", "中文"
    RU = "ru", "Русский"
    AR = "ar", "العربية"
    HT = "ht", "Kreyòl ayisyen"
    PT = "pt", "Português"
    ASE = "ase", "American Sign Language"
    OTHER = "other", "Another language"

    @property
    def for_staff(self) -> str:
        """Such as "Spanish (Español)": who calls may not read the language's own name."""
        english = _IN_ENGLISH.get(self.value)
        return f"{english} ({self.label})" if english else self.label


_IN_ENGLISH = {
    "es": "Spanish",
    "vi": "Vietnamese",
    "zh": "Chinese",
    "ru": "Russian",
    "ar": "Arabic",
    "ht": "Haitian Creole",
    "pt": "Portuguese",
}


class Substance(models.TextChoices):
    ALCOHOL = "alcohol", "Alcohol"
    OPIOIDS = "opioids", "Opioids: fentanyl, heroin, oxycodone, other pain pills"
    BENZOS = "benzos", "Benzos: Xanax, Valium, Klonopin, Ativan"
    METH = "meth", "Meth or other stimulants"
    COCAINE = "cocaine", "Cocaine or crack"
    CANNABIS = "cannabis", "Cannabis"
    OTHER = "other", "Something else"
    UNSURE = "unsure", "I am not sure"
    PHONE = "phone", "I would rather say on the phone"


class Recent(models.TextChoices):
    YES = "yes", "Yes"
    NO = "no", "No"
    UNSURE = "unsure", "Not sure"


CHOICES = {
    "whom": NeedsHelp,
    "leave": MessageConsent,
    "times": CallTimes,
    "language": Language,
    "substances": Substance,
    "recent": Recent,
}
"""The answers that are chosen, and from what."""
