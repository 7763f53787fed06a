"""Renditions: the sizes and formats of a picture, made when it is stored and never on request."""

import io

from imagefield.processing_pillow import register_pillow
from PIL import Image

WIDTHS = (480, 960)  # pixels
SQUARE = 240  # pixels; for lists, cut out around the focal point
QUALITY = {"AVIF": {"quality": 60, "speed": 8}, "WEBP": {"quality": 78, "method": 4}}


@register_pillow
def encode(get_image, kind):
    """A django-imagefield processor that stores the result as AVIF or WebP, without metadata."""

    def processor(image, context):
        context.save_kwargs.update(format=kind, **QUALITY[kind])
        image = get_image(image, context)
        context.save_kwargs.pop("exif", None)
        return image.convert("RGBA" if "A" in image.getbands() else "RGB")

    return processor


def _rendition(kind, *processors):
    def specification(file, context):
        context.extension = f".{kind.lower()}"
        context.processors = [("encode", kind), "autorotate", *processors]

    return specification


RENDITIONS = {
    f"{kind.lower()}_{width}": _rendition(kind, ("thumbnail", (width, width * 4)))
    for kind in QUALITY
    for width in WIDTHS
}
RENDITIONS["square"] = _rendition("WEBP", ("crop", (SQUARE, SQUARE)))
RENDITIONS["preview"] = RENDITIONS["webp_480"]  # shown in the admin, to set the focal point


def preview(file, longest: int = SQUARE) -> bytes:
    """A small WebP of a re-encoded picture, its longer side at most ``longest`` pixels."""
    file.seek(0)
    out = io.BytesIO()
    with Image.open(file) as picture:
        picture.thumbnail((longest, longest))
        picture.save(out, "WEBP", **QUALITY["WEBP"])
    file.seek(0)
    return out.getvalue()
