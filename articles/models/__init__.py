"""Articles and pages: the address, its editions with their blocks and sources, and their history.

``Article`` is the address of either. ``Edition`` is one numbered version of its content. Readers see the newest
edition that was signed off and whose publication time has come.
"""

from .all_blocks import ARTICLE_BLOCKS, BLOCKS, PAGE_BLOCKS, blocks_of, refresh_text, text_and_word_count
from .articles import ARTICLES, PAGE_KINDS, Article, Kind, url_of
from .blocks import (
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
from .center_facts import CenterFact
from .editions import (
    OPEN_STATES,
    REVIEW_INTERVAL,
    Edition,
    State,
    reading_minutes,
)
from .history import (
    DraftAutosave,
    EditionEvent,
    Reminder,
    Waiver,
)
from .page_blocks import CallToAction, CenterFacts, PersonCard, Question, Step
from .people import Person
from .pictures import Picture
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
    "MARK_END",
    "MARK_START",
    "OPEN_STATES",
    "PAGE_BLOCKS",
    "PAGE_KINDS",
    "REVIEW_INTERVAL",
    "SOURCE_FIELDS",
    "Article",
    "Block",
    "CallToAction",
    "Callout",
    "CenterFact",
    "CenterFacts",
    "DraftAutosave",
    "DraftVersion",
    "Edition",
    "EditionEvent",
    "Figure",
    "Icon",
    "KeyFacts",
    "Kind",
    "Person",
    "PersonCard",
    "Picture",
    "PullQuote",
    "Question",
    "Reminder",
    "Rendering",
    "SearchWord",
    "Source",
    "State",
    "Step",
    "Synonym",
    "Text",
    "Tone",
    "Topic",
    "Waiver",
    "WorkflowEmail",
    "WorkflowEmailChoice",
    "WorkflowNotice",
    "blocks_of",
    "reading_minutes",
    "refresh_text",
    "text_and_word_count",
    "url_of",
]
