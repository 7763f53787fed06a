"""The jobs of the libraries: pictures, a file to download, and a video with its captions."""

from . import texts
from .staff import Staff


def add_pictures(editor: Staff) -> None:
    pictures = texts.pictures_used()
    with editor.job(f"{len(pictures)} pictures"):
        editor.open_list("articles/picture/")
        editor.link("Add picture")
        for picture in pictures:
            editor.attach(editor.page.locator("#id_image"), picture["file"])
            for name in ("title", "alt", "credit"):
                editor.fill(editor.page.locator(f"#id_{name}"), picture[name])
            editor.button("Save and add another")


def add_files(editor: Staff) -> None:
    with editor.job("a file to download"):
        editor.open_list("articles/pdffile/")
        editor.link("Add PDF file")
        for file in texts.files().values():
            editor.attach(editor.page.locator("#id_file"), file["file"])
            for name in ("title", "note"):
                editor.fill(editor.page.locator(f"#id_{name}"), file[name])
            editor.fill_date(editor.page.locator("#id_dated_on"), file["dated_on"])
            editor.button("Save and add another")


def add_videos(editor: Staff) -> None:
    """Each in two steps, as captions come after the video."""
    with editor.job("a video with captions"):
        for video in texts.videos().values():
            editor.open_list("articles/video/")
            editor.link("Add video")
            editor.attach(editor.page.locator("#id_file"), video["file"])
            editor.fill(editor.page.locator("#id_title"), video["title"])
            editor.button("Save")
            editor.attach(editor.page.locator("#id_captions"), video["captions"])
            editor.pick_picture(editor.page.locator(".field-poster"), texts.pictures()[video["poster"]]["title"])
            editor.fill(editor.page.locator("#id_transcript"), video["transcript"].strip())
            editor.button("Save")
