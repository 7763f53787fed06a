"""Articles and pages: the address, its editions with their blocks and sources, and their history.

``Article`` is the address of either. ``Edition`` is one numbered version of its content. Readers see the newest
edition that was signed off and whose publication time has come.
"""

from .all_blocks import (
    ARTICLE_BLOCKS,
    BLOCKS,
    PAGE_BLOCKS,
    blocks_of,
    lock_library_rows,
    refresh_text,
    text_and_word_count,
)
from .articles import ARTICLES, PAGE_KINDS, Article, Kind, url_of
from .blocks import (
    REGION,
    SOURCE_FIELDS,
    Block,
    Callout,
    Figure,
    KeyFacts,
    PullQuote,
    Source,
    Text,
    Tone,
)
from .center_facts import CHECK_INTERVAL, CenterFact
from .comments import CONTEXT, Comment, CommentEntry
from .editions import (
    OPEN_STATES,
    REVIEW_INTERVAL,
    Edition,
    State,
    reading_minutes,
)
from .files import Language, PdfFile, StoredFile, Video
from .history import (
    DraftAutosave,
    EditionEvent,
    Reminder,
    Waiver,
)
from .layout_blocks import Column, Comparison
from .listing_blocks import NEWEST_REVIEWS, ArticleList, Costs, Opening, Reviews, SitePart
from .media_blocks import Download, GalleryPicture, MapPicture, VideoPlayer
from .menus import MAX_LABEL, Menu, MenuChange, MenuEdition, MenuEntry, Route
from .page_blocks import CallToAction, CenterFacts, PersonCard, Question, Step
from .people import Person
from .pictures import MAX_TITLE, HeldPicture, Picture
from .renderings import Rendering
from .search import (
    MARK_END,
    MARK_START,
    SearchWord,
    Synonym,
)
from .topics import Icon, Topic
from .versions import DraftVersion
from .workflow import WorkflowEmail, WorkflowEmailChoice, WorkflowNotice

__all__ = [
    "ARTICLES",
    "ARTICLE_BLOCKS",
    "BLOCKS",
    "CHECK_INTERVAL",
    "CONTEXT",
    "MARK_END",
    "MARK_START",
    "MAX_LABEL",
    "MAX_TITLE",
    "NEWEST_REVIEWS",
    "OPEN_STATES",
    "PAGE_BLOCKS",
    "PAGE_KINDS",
    "REGION",
    "REVIEW_INTERVAL",
    "SOURCE_FIELDS",
    "Article",
    "ArticleList",
    "Block",
    "CallToAction",
    "Callout",
    "CenterFact",
    "CenterFacts",
    "Column",
    "Comment",
    "CommentEntry",
    "Comparison",
    "Costs",
    "Download",
    "DraftAutosave",
    "DraftVersion",
    "Edition",
    "EditionEvent",
    "Figure",
    "GalleryPicture",
    "HeldPicture",
    "Icon",
    "KeyFacts",
    "Kind",
    "Language",
    "MapPicture",
    "Menu",
    "MenuChange",
    "MenuEdition",
    "MenuEntry",
    "Opening",
    "PdfFile",
    "Person",
    "PersonCard",
    "Picture",
    "PullQuote",
    "Question",
    "Reminder",
    "Rendering",
    "Reviews",
    "Route",
    "SitePart",
    "SearchWord",
    "Source",
    "State",
    "Step",
    "StoredFile",
    "Synonym",
    "Text",
    "Tone",
    "Topic",
    "Video",
    "VideoPlayer",
    "Waiver",
    "WorkflowEmail",
    "WorkflowEmailChoice",
    "WorkflowNotice",
    "blocks_of",
    "lock_library_rows",
    "reading_minutes",
    "refresh_text",
    "text_and_word_count",
    "url_of",
]
