"""Triggers of the library: pictures, PDF files and videos are frozen with the editions that show them."""

import pgtrigger

from detoxsite.core.public_changes import changes_of

# What uses a row of a library: SQL that selects the ``parent_id`` (an edition) of each block, for the row OLD or NEW.
_PICTURE_USES = """
    SELECT parent_id FROM articles_figure WHERE picture_id = {row}.id
    UNION ALL SELECT parent_id FROM articles_gallerypicture WHERE picture_id = {row}.id
    UNION ALL SELECT parent_id FROM articles_mappicture WHERE picture_id = {row}.id
    UNION ALL SELECT parent_id FROM articles_videoplayer AS player
        JOIN articles_video ON articles_video.id = player.video_id WHERE poster_id = {row}.id
"""
_PDF_USES = "SELECT parent_id FROM articles_download WHERE file_id = {row}.id"
_VIDEO_USES = "SELECT parent_id FROM articles_videoplayer WHERE video_id = {row}.id"


def _frozen_with_edition(noun: str, uses: str, *columns: str) -> pgtrigger.Trigger:
    return pgtrigger.Trigger(
        name="frozen_with_edition",
        when=pgtrigger.Before,
        operation=pgtrigger.Update,
        condition=pgtrigger.AnyChange(*columns),
        func=f"""
            IF EXISTS (
                SELECT FROM ({uses.format(row="OLD")}) AS used
                JOIN articles_edition ON articles_edition.id = used.parent_id
                WHERE articles_edition.state <> 'draft'
            ) THEN
                RAISE EXCEPTION '{noun} % is used in a frozen edition', OLD.id;
            END IF;
            RETURN NEW;
        """,  # noqa: S608 our own names
    )


def _outdates_renderings(uses: str, *columns: str) -> pgtrigger.Trigger:
    """Without its log no rendering is shown (published/): the page is rendered in full until it is finished again."""
    return pgtrigger.Trigger(
        name="outdates_renderings",
        when=pgtrigger.After,
        operation=pgtrigger.Update,
        condition=pgtrigger.AnyChange(*columns),
        func=f"""
            UPDATE articles_rendering SET renderer = '', log = '{{}}'
            FROM ({uses.format(row="NEW")}) AS used WHERE edition_id = used.parent_id;
            RETURN NULL;
        """,  # noqa: S608 our own names
    )


PICTURE = [
    _frozen_with_edition("picture", _PICTURE_USES, "image", "alt", "credit"),
    _outdates_renderings(_PICTURE_USES, "image_ppoi"),  # another focal point gives the renditions other addresses
    *changes_of(
        "articles", *("id", "image", "image_ppoi", "image_width", "image_height", "alt", "credit"), new_rows=False
    ),
]
_PDF_WORDS = ("title", "file", "language", "dated_on", "note")
PDF_FILE = [
    _frozen_with_edition("file", _PDF_USES, *_PDF_WORDS, "digest", "size", "pages"),
    _outdates_renderings(_PDF_USES, "is_missing"),
    *changes_of("articles", "id", *_PDF_WORDS, "is_missing", new_rows=False),
]
_VIDEO_WORDS = ("title", "file", "language", "captions", "poster_id", "transcript", "width", "height", "seconds")
VIDEO = [
    _frozen_with_edition("video", _VIDEO_USES, *(name.removesuffix("_id") for name in _VIDEO_WORDS), "digest", "size"),
    _outdates_renderings(_VIDEO_USES, "is_missing"),
    *changes_of("articles", "id", *_VIDEO_WORDS, "is_missing", new_rows=False),
]
