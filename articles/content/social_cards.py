"""Social cards: the picture that goes with an article when its address is shared.

Drawn once, when an edition is signed off, in the type of the site's headings (``fonts/README.md``). Where that font
lacks a letter of the title, or drawing fails, the page is shared with the card of the whole site.
"""

import io
import logging
import math
import secrets
import unicodedata
from functools import cache
from pathlib import Path

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from PIL import Image, ImageDraw, ImageFont

from detoxsite.core import site_profile
from detoxsite.core.page_metadata import CARD_SIZE
from detoxsite.core.plain_text import tidy

from ..models import Edition

NIGHT, DEEP, PAPER, INK, LAMP = "#0f3442", "#164453", "#fbf7f0", "#f3ecdf", "#f4bb4e"
FONT = Path(__file__).parent / "fonts" / "card-serif.otf"
MARGIN, MAX_WIDTH = 80, CARD_SIZE[0] - 2 * 80  # pixels
TITLE_SIZES, NAME_SIZE = (96, 88, 78, 68, 58), 40
MAX_LINES = 4
COLORS = 48  # in the stored file: flat areas, soft edges of letters

logger = logging.getLogger(__name__)


def store(edition: Edition) -> str:
    """Draw and store the card of an edition. Returns its path in the storage, or "" without one. Never raises.

    The first page is shared with the card of the whole site.
    The file name cannot be guessed, because the edition may be scheduled for later.
    """
    if edition.article.is_first_page:
        return ""
    try:
        png = draw(edition.title, site_profile.current().name)
        return png and default_storage.save(f"cards/{secrets.token_urlsafe(12)}.png", ContentFile(png))
    except Exception:
        logger.exception("No card for edition %s", edition.pk)
        return ""


def remove_on_commit(edition: Edition) -> None:
    """Delete the card of a withdrawn edition, which would still show the title to anyone with its address."""
    if edition.card:
        transaction.on_commit(lambda: default_storage.delete(edition.card))


def draw(title: str, site_name: str) -> bytes:
    """The card as a PNG, or empty where the font cannot render the title."""
    text = renderable_text(title)
    if not text:
        return b""
    card = Image.new("RGB", CARD_SIZE, NIGHT)
    pen = ImageDraw.Draw(card)
    _draw_sea(pen)
    font, lines = _fit(text)
    height = round(font.size * 1.2)
    top = (CARD_SIZE[1] - 150 - height * len(lines)) // 2
    pen.ellipse((MARGIN, top - 44, MARGIN + 28, top - 16), fill=LAMP)
    for number, line in enumerate(lines):
        pen.text((MARGIN, top + 16 + number * height), line, fill=INK, font=font)
    label = _font(NAME_SIZE)
    pen.text((MARGIN, CARD_SIZE[1] - 76), _truncate(renderable_text(site_name), label), fill=NIGHT, font=label)
    out = io.BytesIO()
    card.quantize(COLORS, dither=Image.Dither.NONE).save(out, "PNG", optimize=True)
    return out.getvalue()


def renderable_text(text: str) -> str:
    """The text as the font can render it: without signs that it lacks, and empty where it lacks a letter."""
    text = unicodedata.normalize("NFC", tidy(text))
    drawn = {char: _renderable(char) for char in set(text)}
    if any(char.isalnum() and not drawn[char] for char in drawn):
        return ""
    return " ".join("".join(drawn[char] for char in text).split())


def _renderable(char: str) -> str:
    """The character, or what it is made of without accents, or empty: the font draws nothing for one that it lacks."""
    font = _font(20)
    plain = "".join(part for part in unicodedata.normalize("NFKD", char) if not unicodedata.combining(part))
    for text in (char, plain):
        if all(one.isspace() or bytes(font.getmask(one)) for one in text):
            return text
    return ""


@cache
def _font(size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(FONT, size)


def _draw_sea(pen) -> None:
    width, height = CARD_SIZE
    for level, color, phase in ((150, DEEP, 0.6), (104, PAPER, 2.4)):
        shore = [(x, height - level + 12 * math.sin(phase + x / 230)) for x in range(0, width + 8, 8)]
        pen.polygon([*shore, (width, height), (0, height)], fill=color)


def _fit(text: str):
    """The largest font in which the text fits, and its lines."""
    for size in TITLE_SIZES:
        font = _font(size)
        lines = _wrap(text, font)
        if len(lines) <= MAX_LINES and all(font.getlength(line) <= MAX_WIDTH for line in lines):
            break
    return font, [_truncate(line, font) for line in lines[:MAX_LINES]]


def _wrap(text: str, font) -> list[str]:
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if font.getlength(longer) <= MAX_WIDTH or not lines[-1]:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def _truncate(line: str, font) -> str:
    """The longest beginning of a line that fits the card."""
    while font.getlength(line) > MAX_WIDTH:
        line = line[:-1]
    return line
