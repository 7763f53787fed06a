"""The picture that stands for an article where somebody shares its address: its title, by night, drawn once.

Drawn when an edition is signed off, with Pillow's own font. Where that font has no letters for a title, or the
drawing fails, the page is shared with the picture of the whole site.
"""

import io
import logging
import math
import secrets
import unicodedata

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from PIL import Image, ImageDraw, ImageFont

from detoxsite.core import site_profile
from detoxsite.core.page_metadata import CARD_SIZE

from ..models import Edition

NIGHT, DEEP, PAPER, INK, LAMP = "#0f3442", "#164453", "#fbf7f0", "#f3ecdf", "#f4bb4e"
MARGIN, MAX_WIDTH = 80, CARD_SIZE[0] - 2 * 80  # pixels
TITLE_SIZES, NAME_SIZE = (84, 76, 68, 60, 52), 36
MAX_LINES = 4
COLORS = 48  # in the stored file: flat areas, soft edges of letters

logger = logging.getLogger(__name__)


def store(edition: Edition) -> str:
    """Draw and store the card of an edition. Returns its path in the storage, or "" where there is none.

    The name cannot be guessed: what is signed off today may be published tomorrow. Never raises.
    """
    try:
        drawn = draw(edition.title, site_profile.current().name)
        return drawn and default_storage.save(f"cards/{secrets.token_urlsafe(12)}.png", ContentFile(drawn))
    except Exception:
        logger.exception("No card for edition %s", edition.pk)
        return ""


def remove_on_commit(edition: Edition) -> None:
    """Take the card of a withdrawn edition away: it shows the title to whoever kept its address."""
    if edition.card:
        transaction.on_commit(lambda: default_storage.delete(edition.card))


def draw(title: str, name: str) -> bytes:
    """The card as a PNG, or nothing where the font cannot write the title."""
    words = renderable_text(title)
    if not words:
        return b""
    card = Image.new("RGB", CARD_SIZE, NIGHT)
    pen = ImageDraw.Draw(card)
    _sea(pen)
    font, lines = _set(words)
    height = round(font.size * 1.2)
    top = (CARD_SIZE[1] - 150 - height * len(lines)) // 2
    pen.ellipse((MARGIN, top - 28, MARGIN + 28, top), fill=LAMP)
    for number, line in enumerate(lines):
        pen.text((MARGIN, top + 16 + number * height), line, fill=INK, font=font)
    label = ImageFont.load_default(NAME_SIZE)
    pen.text((MARGIN, CARD_SIZE[1] - 76), _cut(renderable_text(name), label), fill=NIGHT, font=label)
    out = io.BytesIO()
    card.quantize(COLORS, dither=Image.Dither.NONE).save(out, "PNG", optimize=True)
    return out.getvalue()


def renderable_text(words: str) -> str:
    """The words as the font can write them: without accents and other signs, and empty where it lacks a letter."""
    words = unicodedata.normalize("NFKD", words).translate({ord("–"): "-", ord("—"): "-"})
    font = ImageFont.load_default(20)
    box = bytes(font.getmask("\uffff"))  # what stands for a letter the font does not have
    missing = {one for one in set(words) if not one.isspace() and bytes(font.getmask(one)) in (box, b"")}
    if any(one.isalnum() for one in missing):
        return ""
    return " ".join("".join(one for one in words if one not in missing).split())


def _sea(pen) -> None:
    width, height = CARD_SIZE
    for level, color, phase in ((150, DEEP, 0.6), (104, PAPER, 2.4)):
        shore = [(x, height - level + 12 * math.sin(phase + x / 230)) for x in range(0, width + 8, 8)]
        pen.polygon([*shore, (width, height), (0, height)], fill=color)


def _set(words: str):
    """The largest font in which the words fit, and their lines."""
    for size in TITLE_SIZES:
        font = ImageFont.load_default(size)
        lines = _wrapped(words, font)
        if len(lines) <= MAX_LINES and all(font.getlength(line) <= MAX_WIDTH for line in lines):
            break
    return font, [_cut(line, font) for line in lines[:MAX_LINES]]


def _wrapped(words: str, font) -> list[str]:
    lines = [""]
    for word in words.split():
        longer = f"{lines[-1]} {word}".strip()
        if font.getlength(longer) <= MAX_WIDTH or not lines[-1]:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def _cut(line: str, font) -> str:
    """The beginning of a line that fits the card."""
    while font.getlength(line) > MAX_WIDTH:
        line = line[:-1]
    return line
