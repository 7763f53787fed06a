"""What the templates of blocks need that show something of a library: pictures, a map, a PDF file, a video."""

from datetime import date
from urllib.parse import urlencode

from django.core.files.storage import default_storage
from django.template.defaultfilters import filesizeformat

from ..models import Language, Picture

MAP_SEARCH = "https://www.openstreetmap.org/search?"


def image_of(block: dict):
    """The image with its renditions. Without width and height the file would be opened."""
    size = {"image_width": block["width"], "image_height": block["height"]}
    return Picture(image=block["image"], image_ppoi=block["ppoi"], **size).image


def map_values(block: dict) -> dict:
    return {"image": image_of(block), "map_url": MAP_SEARCH + urlencode({"query": block["address"]})}


def download_values(block: dict) -> dict:
    return {
        "in_front": "",  # of the link that its title is in
        "url": default_storage.url(block["file"]),
        "language_name": Language(block["language"]).label,
        "dated_on": date.fromisoformat(block["dated_on"]),
        "size_shown": size_shown(block["size"]),
    }


def video_values(block: dict) -> dict:
    poster = {name: block[f"poster_{name}"] for name in ("image", "width", "height", "ppoi")}
    minutes, seconds = divmod(block["seconds"], 60)
    return {
        "plain_title": block["title"],  # for attributes, also where words of the title are marked
        "url": default_storage.url(block["file"]),
        "type": "video/webm" if block["file"].endswith(".webm") else "video/mp4",
        "captions_url": default_storage.url(block["captions"]) if block["captions"] else "",
        "language_name": Language(block["language"]).label,
        "poster_url": image_of(poster).webp_960 if block["poster_image"] else "",
        "length_shown": f"{minutes}:{seconds:02d}",
        "size_shown": size_shown(block["size"]),
    }


def size_shown(size: int) -> str:
    """For example “48 kB” or “12.4 MB”, as browsers show it."""
    return filesizeformat(size).replace("KB", "kB")
