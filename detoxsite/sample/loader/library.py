"""The libraries of the sample: pictures, a PDF file, a video."""

from django.core.files.base import ContentFile

from articles.models import PdfFile, Picture, Video
from articles.uploads import pdf, video

from .content import FOLDER, read


def load_pictures() -> dict[str, Picture]:
    pictures = {}
    for entry in read("pictures.toml")["pictures"]:
        picture = Picture(title=entry["title"], alt=entry["alt"], credit=entry["credit"])
        picture.image.save(entry["file"], _content("pictures", entry["file"]), save=True)
        pictures[entry["key"]] = picture
    return pictures


def load_files() -> dict[str, PdfFile]:
    files = {}
    for entry in read("files.toml")["files"]:
        key, content = entry.pop("key"), _content("files", entry.pop("file"))
        files[key] = PdfFile.objects.create(file=content, **_measured(PdfFile, pdf.inspect(content)), **entry)
    return files


def load_videos(pictures: dict[str, Picture]) -> dict[str, Video]:
    videos = {}
    for entry in read("files.toml")["videos"]:
        key, content = entry.pop("key"), _content("files", entry.pop("file"))
        parts = {"captions": _content("files", entry.pop("captions")), "poster": pictures[entry.pop("poster")]}
        entry["transcript"] = entry["transcript"].strip()
        videos[key] = Video.objects.create(file=content, **parts, **_measured(Video, video.inspect(content)), **entry)
    return videos


def _content(folder: str, name: str) -> ContentFile:
    return ContentFile((FOLDER / folder / name).read_bytes(), name=name)


def _measured(model, facts) -> dict:
    columns = {field.name for field in model._meta.fields}
    return {name: value for name, value in vars(facts).items() if name in columns}
