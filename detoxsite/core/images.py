"""Uploaded pictures: which formats are accepted, and re-encoding before anything is stored.

An upload is decoded, turned upright and re-encoded. That removes place, time and camera, any data hidden after the
picture, and every format but three.
"""

import io
import warnings

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from PIL import Image, ImageOps

FORMATS = ("JPEG", "PNG", "WEBP")
MAX_PIXELS = 40_000_000


def reencode(upload, longest: int = 2400) -> ContentFile:
    """Re-encode an uploaded picture, without metadata, its longer side at most ``longest`` pixels.

    Raises ValidationError, worded for the person who sent it.
    """
    try:
        return _decode_and_encode(upload, longest)
    except ValidationError:
        raise
    except Exception:  # on a hostile file a decoder may raise anything
        raise ValidationError("This file is not a JPEG, PNG or WebP picture that we can read.") from None


def _decode_and_encode(upload, longest: int) -> ContentFile:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        upload.seek(0)
        picture = Image.open(upload, formats=FORMATS)
        if picture.width * picture.height > MAX_PIXELS:
            raise ValidationError("This picture is larger than 40 megapixels. Make it smaller and try again.")
        kind = picture.format if picture.format in FORMATS else "JPEG"  # phones write MPO, a kind of JPEG
        picture.load()
        picture = ImageOps.exif_transpose(picture)
    picture.thumbnail((longest, longest))
    mode = "RGB" if kind == "JPEG" else "RGBA" if "A" in picture.getbands() or "transparency" in picture.info else "RGB"
    clean = Image.new(mode, picture.size)  # a new image carries no metadata
    clean.paste(picture.convert(mode))
    out = io.BytesIO()
    clean.save(out, kind, **({"quality": 88} if kind != "PNG" else {"optimize": True}))
    return ContentFile(out.getvalue(), name=f"picture.{kind.lower()}")
