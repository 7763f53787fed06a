"""Uploaded pictures: which formats are accepted, and re-encoding before anything is stored.

An upload is decoded, converted to eight bits and sRGB, turned upright and re-encoded at our size. That removes place,
time and camera, any data hidden after the picture, and every format but three: docs/decisions/0020-pictures.md.
"""

import contextlib
import io
import threading
import warnings

import pi_heif
from django import forms
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from PIL import Image, ImageCms, ImageOps

FORMATS = ("JPEG", "PNG", "WEBP", "HEIF", "AVIF")
STORED_FORMATS = ("JPEG", "PNG", "WEBP")
ACCEPT = "image/jpeg,image/png,image/webp,image/heic,image/heif,image/avif,.heic,.heif,.avif"
FORMAT_NAMES = "JPEG, PNG, WebP, HEIC or AVIF"
MAX_SIZE = 25 * 1024 * 1024  # bytes
MAX_PIXELS = 70_000_000  # decoded at once; the largest photos of most phones have 48 to 64 million
MAX_PROFILE_SIZE = 4 * 1024 * 1024  # bytes; a larger color profile is ignored
MAX_WAITING = 3  # uploads, of a process's sixteen threads; the others stay free for people asking for help

_SRGB = ImageCms.createProfile("sRGB")
_MODES = {"RGB": "RGB", "GRAY": "L", "CMYK": "CMYK"}  # by the color space of a profile
_places = threading.BoundedSemaphore(MAX_WAITING)
_decoder = threading.Lock()  # one picture at a time: 70 megapixels take up to a gigabyte while they are decoded

pi_heif.register_heif_opener(thumbnails=False, depth_images=False, aux_images=False, decode_threads=1)


class TooManyPixels(ValidationError):
    def __init__(self):
        super().__init__(
            f"This picture has more than {MAX_PIXELS // 1_000_000} megapixels. Make it smaller and try again."
        )


def reencode(upload, longest: int = 2400) -> ContentFile:
    """Re-encode an uploaded picture in sRGB, without metadata, its longer side at most ``longest`` pixels.

    Of an animation the first frame. Raises ValidationError, worded for the person who sent it.
    """
    with _decoder, warnings.catch_warnings(action="ignore"):  # of Pillow's limit: we have one of our own
        try:
            return _encode(*_decode(upload, longest))
        except ValidationError:
            raise
        except Image.DecompressionBombError:
            raise TooManyPixels from None
        except Exception:  # on a hostile file a decoder may raise anything
            raise ValidationError(f"This file is not a {FORMAT_NAMES} picture that we can read.") from None


def _decode(upload, longest: int) -> tuple[Image.Image, str]:
    """The picture in mode RGB or RGBA, at its final size, and the format to store it in."""
    upload.seek(0)
    picture = Image.open(upload, formats=FORMATS)
    kind = "JPEG" if picture.format == "MPO" else picture.format  # a JPEG of some phones: a series of pictures
    if kind == "JPEG" and not picture.info.get("progressive"):  # a progressive one is held whole in any case
        scale = min(1, longest / max(picture.size))
        picture.draft(None, [max(1, round(side * scale)) for side in picture.size])  # decodes at 1/2, 1/4 or 1/8
    if picture.width * picture.height > MAX_PIXELS:
        raise TooManyPixels
    picture.load()
    picture = _with_plain_mode(_with_eight_bits(picture))
    picture.thumbnail((longest, longest))
    picture = _in_srgb(ImageOps.exif_transpose(picture))
    if kind not in STORED_FORMATS:
        kind = "WEBP" if picture.mode == "RGBA" else "JPEG"
    return picture, kind


def _with_eight_bits(picture):
    """Scale samples of 16 bits, which Pillow would clip, and the transparent color of such a picture."""
    transparent = picture.info.get("transparency")
    if picture.mode.startswith("I;16"):
        picture = picture.point(lambda sample: sample / 257 + 0.5).convert("L")
        if isinstance(transparent, int):
            picture.info["transparency"] = transparent >> 8
    elif isinstance(transparent, tuple) and max(transparent) > 255:
        picture.info["transparency"] = tuple(sample >> 8 for sample in transparent)
    return picture


def _with_plain_mode(picture):
    """The picture in a mode that can be resized smoothly: L, LA, RGB, RGBA or CMYK."""
    if picture.mode == "1":
        picture = picture.convert("L")
    if "transparency" in picture.info or picture.mode == "PA":
        return picture.convert("LA" if picture.mode == "L" else "RGBA")
    return picture if picture.mode in {"L", "LA", "RGB", "RGBA", "CMYK"} else picture.convert("RGB")


def _in_srgb(picture):
    """Convert to sRGB by the profile in the file. Without one that fits, the colors count as sRGB already."""
    alpha = picture.getchannel("A") if "A" in picture.getbands() else None
    colors = picture.convert(picture.mode.removesuffix("A")) if alpha else picture
    profile = picture.info.get("icc_profile") or b""
    if profile and len(profile) <= MAX_PROFILE_SIZE:
        with contextlib.suppress(ImageCms.PyCMSError, OSError, ValueError):
            colors = _converted(colors, ImageCms.ImageCmsProfile(io.BytesIO(profile)))
    colors = colors.convert("RGB")
    if alpha:
        colors.putalpha(alpha)
    return colors


def _converted(colors, profile):
    mode = _MODES.get(profile.profile.xcolor_space.strip())
    if (colors.mode, mode) == ("L", "RGB"):
        colors = colors.convert("RGB")
    if colors.mode != mode:
        return colors
    return ImageCms.profileToProfile(
        colors,
        profile,
        _SRGB,
        renderingIntent=ImageCms.Intent.RELATIVE_COLORIMETRIC,
        outputMode="RGB",
        flags=ImageCms.Flags.BLACKPOINTCOMPENSATION,
    )


def _encode(picture, kind: str) -> ContentFile:
    clean = Image.new(picture.mode, picture.size)  # a new image carries no metadata
    clean.paste(picture)
    out = io.BytesIO()
    clean.save(out, kind, **({"quality": 88} if kind != "PNG" else {"optimize": True}))
    return ContentFile(out.getvalue(), name=f"picture.{kind.lower()}")


class AcceptsPictures:
    """For a file input: browsers offer the formats that we read."""

    def build_attrs(self, base_attrs, extra_attrs=None):
        return {**super().build_attrs(base_attrs, extra_attrs), "accept": ACCEPT}


class PictureInput(AcceptsPictures, forms.FileInput):
    pass


class PictureField(forms.FileField):
    """A form field for a picture. Its value is re-encoded, the longer side at most ``longest`` pixels."""

    widget = PictureInput
    default_error_messages = {"empty": "This file is empty. Choose another one."}

    def __init__(self, *, longest: int = 2400, **kwargs):
        super().__init__(**kwargs)
        self.longest = longest

    def to_python(self, data):
        upload = super().to_python(data)
        if upload is None:
            return None
        if upload.size > MAX_SIZE:
            raise ValidationError(f"This picture is larger than {MAX_SIZE >> 20} MB. Choose a smaller one.")
        if not _places.acquire(blocking=False):
            raise ValidationError("We are getting many pictures right now. Wait a minute, then send it again.")
        try:
            return reencode(upload, self.longest)
        finally:
            _places.release()
