"""Pictures that people send in: what may come in and what is kept of it.

An upload is decoded, turned upright and written anew: place, time and camera, anything hidden behind the picture,
and every format but three are gone before it is stored.
"""

import io
import warnings

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from PIL import Image, ImageOps

FORMATS = ("JPEG", "PNG", "WEBP")
MAX_PIXELS = 40_000_000  # pixels


def reencode(upload, longest: int = 2400) -> ContentFile:
    """The picture of an uploaded file and nothing else, its longer side at most ``longest`` pixels.

    Raises ValidationError, worded for the person who sent it.
    """
    try:
        return _written_anew(upload, longest)
    except ValidationError:
        raise
    except Exception:  # over a hostile file a decoder raises whatever it likes
        raise ValidationError("This file is not a JPEG, PNG or WebP picture that we can read.") from None


def _written_anew(upload, longest: int) -> ContentFile:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        upload.seek(0)
        picture = Image.open(upload, formats=FORMATS)
        if picture.width * picture.height > MAX_PIXELS:
            raise ValidationError("This picture is larger than 40 megapixels. Make it smaller and try again.")
        kind = picture.format if picture.format in FORMATS else "JPEG"  # phones write a kind of JPEG called MPO
        picture.load()
        picture = ImageOps.exif_transpose(picture)
    picture.thumbnail((longest, longest))
    mode = "RGB" if kind == "JPEG" else "RGBA" if "A" in picture.getbands() or "transparency" in picture.info else "RGB"
    clean = Image.new(mode, picture.size)  # a new picture carries no metadata over
    clean.paste(picture.convert(mode))
    out = io.BytesIO()
    clean.save(out, kind, **({"quality": 88} if kind != "PNG" else {"optimize": True}))
    return ContentFile(out.getvalue(), name=f"picture.{kind.lower()}")
