"""The picture of a topic, at the top of its list."""

from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from ..models import Picture
from ..renditions import WIDTHS


def topic_figure(topic: dict) -> dict:
    """``topic``: as in the site profile (models.topics.ENTRY), with a picture. A block as a figure is drawn from,
    and ``card_size``: width and height in pixels of its largest rendition.
    """
    width, height = topic["picture_width"], topic["picture_height"]
    size = {"image_width": width, "image_height": height}  # without them the file would be opened
    image = Picture(image=topic["picture"], image_ppoi=topic["picture_ppoi"], **size).image
    shown = min(width, WIDTHS[-1])
    figure = {"image": image, "alt": topic["picture_alt"], "width": width, "height": height, "on_top": True}
    return {**figure, "card_size": (shown, round(height * shown / width))}


def render_figure(topic: dict) -> SafeString:
    return render_to_string("articles/_figure.html", {"block": topic_figure(topic)})
