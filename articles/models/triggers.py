"""Database triggers that freeze content once it is in review or signed off.

They hold for the admin, ``update()`` and hand-written SQL alike. Only django-pgtrigger's ignore setting and the
privilege to drop a trigger get past them, and then the fingerprint on the edition still reveals a change.
"""

import pgtrigger

from detoxsite.core.append_only import NO_TRUNCATE
from detoxsite.core.public_changes import changes_of

# Columns that may still change while an edition is in review, and after it was signed off.
_WHILE_IN_REVIEW = (
    *("state", "note", "reviewer_id", "signed_as", "signed_off_by_id", "signed_off_at", "publish_at", "reviewed_on"),
    *("review_due_on", "fingerprint", "card", "assigned_to_id"),
    "search",  # a generated column is not known yet when the trigger runs
)
_AFTER_SIGNING = ("state", "withdrawn_by_id", "withdrawn_at", "search")

# What is signed may be published earlier or later than was said, until readers have seen it; never in the past.
_MOVES_THE_PUBLICATION = """
    OLD.state = 'signed_off' AND NEW.state = 'signed_off'
    AND OLD.publish_at > statement_timestamp() AND NEW.publish_at >= statement_timestamp()
"""

TRANSITIONS = [
    ("draft", "in_review"),
    ("in_review", "draft"),
    ("in_review", "signed_off"),
    ("signed_off", "withdrawn"),
]


def _array(names) -> str:
    return "ARRAY[{}]".format(", ".join(f"'{name}'" for name in names))


EDITION = [
    pgtrigger.FSM(name="state_transitions", field="state", transitions=TRANSITIONS),
    pgtrigger.Trigger(
        name="starts_as_draft",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert,
        condition=pgtrigger.Q(new__state__df="draft"),
        func="RAISE EXCEPTION 'an edition starts as a draft';",
    ),
    pgtrigger.Trigger(
        name="content_is_frozen",
        when=pgtrigger.Before,
        operation=pgtrigger.Update,
        condition=pgtrigger.Q(old__state__df="draft"),
        declare=[("free", "text[]")],
        func=f"""
            free := CASE OLD.state
                WHEN 'in_review' THEN {_array(_WHILE_IN_REVIEW)} ELSE {_array(_AFTER_SIGNING)} END;
            IF {_MOVES_THE_PUBLICATION} THEN
                free := free || 'publish_at'::text;
            END IF;
            IF to_jsonb(OLD) - free IS DISTINCT FROM to_jsonb(NEW) - free THEN
                RAISE EXCEPTION 'edition % is frozen', OLD.id;
            END IF;
            RETURN NEW;
        """,
    ),
    pgtrigger.Protect(
        name="no_delete_after_draft", operation=pgtrigger.Delete, condition=pgtrigger.Q(old__state__df="draft")
    ),
    # this edition and later ones show the time in their dates
    pgtrigger.Trigger(
        name="rendering_follows_publication",
        when=pgtrigger.After,
        operation=pgtrigger.Update,
        condition=pgtrigger.AnyChange("publish_at"),
        func="""
            IF OLD.state = 'signed_off' AND NEW.state = 'signed_off' THEN
                UPDATE articles_rendering SET publish_at = NEW.publish_at WHERE edition_id = NEW.id;
                UPDATE articles_rendering SET renderer = '', log = '{}'
                WHERE article_id = NEW.article_id AND number >= NEW.number;
            END IF;
            RETURN NULL;
        """,
    ),
    # later editions list a withdrawn one under "What changed": they are outdated then
    pgtrigger.Trigger(
        name="has_a_rendering_while_signed_off",
        when=pgtrigger.After,
        operation=pgtrigger.Update,
        condition=pgtrigger.AnyChange("state"),
        func="""
            IF NEW.state = 'signed_off' THEN
                INSERT INTO articles_rendering (edition_id, article_id, topic_id, number, publish_at)
                SELECT NEW.id, id, topic_id, NEW.number, NEW.publish_at
                FROM articles_article WHERE id = NEW.article_id;
            ELSIF OLD.state = 'signed_off' THEN
                DELETE FROM articles_rendering WHERE edition_id = NEW.id;
                UPDATE articles_rendering SET renderer = '' WHERE article_id = NEW.article_id AND number > NEW.number;
            END IF;
            RETURN NULL;
        """,
    ),
    NO_TRUNCATE,
    # the text, blocks and sources are frozen with the edition
    *changes_of(
        "articles",
        *("id", "state", "article_id", "number", "title", "summary", "author_id", "reviewer_id", "changes"),
        *("publish_at", "reviewed_on", "review_due_on", "withdrawn_at", "card", "word_count", "is_sample"),
        where="state IN ('signed_off', 'withdrawn')",
    ),
]

_IN_A_MENU = "kind <> 'article' OR id IN (SELECT document_id FROM articles_menuentry)"

# Pages above are locked, so that of two pages that are moved below each other at once, one waits and then fails.
ARTICLE = [
    pgtrigger.Trigger(
        name="path_follows_from_parents",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.UpdateOf("kind", "slug", "parent_id", "path"),
        declare=[("above", "text")],
        func="""
            IF NEW.kind = 'article' THEN
                NEW.path = 'articles/' || NEW.slug;
            ELSE
                SELECT path || '/' INTO above FROM articles_article WHERE id = NEW.parent_id FOR SHARE;
                NEW.path = COALESCE(above, '') || NEW.slug;
            END IF;
            RETURN NEW;
        """,
    ),
    pgtrigger.Trigger(
        name="pages_below_move_along",
        when=pgtrigger.After,
        operation=pgtrigger.Update,
        condition=pgtrigger.AnyChange("path"),
        func="""
            UPDATE articles_article SET path = '' WHERE parent_id = NEW.id;
            RETURN NULL;
        """,
    ),
    pgtrigger.Trigger(
        name="renderings_know_the_topic",
        when=pgtrigger.After,
        operation=pgtrigger.Update,
        condition=pgtrigger.AnyChange("topic_id"),
        func="""
            UPDATE articles_rendering SET topic_id = NEW.topic_id WHERE article_id = NEW.id;
            RETURN NULL;
        """,
    ),
    *changes_of("articles", "id", "path", "topic_id", new_rows=False),
    *changes_of("center", "id", "path", "kind", where=_IN_A_MENU, new_rows=False),
]


def part_of_edition(column: str) -> list[pgtrigger.Trigger]:
    """Triggers for a table whose rows belong to the edition in ``column``: they change only while it is a draft.

    The edition's row stays locked until commit, so that it cannot be submitted or signed off in between.
    """
    return [
        pgtrigger.Trigger(
            name="content_is_frozen",
            when=pgtrigger.Before,
            operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
            declare=[("owner", "bigint"), ("edition_state", "text")],
            func=f"""
                FOREACH owner IN ARRAY ARRAY[OLD.{column}, NEW.{column}] LOOP
                    SELECT state INTO edition_state FROM articles_edition WHERE id = owner FOR SHARE;
                    IF edition_state <> 'draft' THEN
                        RAISE EXCEPTION 'edition % is frozen', owner;
                    END IF;
                END LOOP;
                RETURN COALESCE(NEW, OLD);
            """,  # noqa: S608 column names come from our models
        ),
        NO_TRUNCATE,
    ]


# A card shows what is kept with the person; readers see the older page until the job has finished it again. Where a
# person is no longer to be shown, they never do: without its log a page is rendered in full.
PERSON = [
    pgtrigger.Trigger(
        name="outdates_renderings",
        when=pgtrigger.After,
        operation=pgtrigger.Update,
        condition=pgtrigger.AnyChange("name", "slug", "credentials", "role", "bio", "has_page"),
        func="""
            UPDATE articles_rendering SET renderer = '',
                log = CASE WHEN OLD.has_page AND NOT NEW.has_page THEN '{}' ELSE log END
            FROM articles_personcard WHERE person_id = NEW.id AND edition_id = parent_id;
            RETURN NULL;
        """,
    ),
    *changes_of(
        "articles",
        *("id", "name", "slug", "credentials", "role", "bio", "has_page", "has_left", "own_words", "picture_id"),
        *("license_kind", "license_state", "license_number", "license_url", "facts", "checked_on"),
        new_rows=False,
    ),
]

# Of the group before and after: readers see the older page until the job has finished it again.
CENTER_FACT = [
    pgtrigger.Trigger(
        name="outdates_renderings",
        when=pgtrigger.After,
        operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
        func="""
            UPDATE articles_rendering SET renderer = ''
            FROM articles_centerfacts AS block
            WHERE block."group" IN (OLD."group", NEW."group") AND edition_id = block.parent_id;
            RETURN NULL;
        """,
    ),
    *changes_of("articles", "*"),
]


# Only drafts can be deleted (EDITION), and what was never signed leaves nothing to prove.
def kept_with(edition_id: str) -> pgtrigger.Trigger:
    """``edition_id``: SQL of the key of the edition, from the row ``OLD``."""
    return pgtrigger.Trigger(
        name="kept_with_its_edition",
        when=pgtrigger.Before,
        operation=pgtrigger.Delete,
        func=f"""
            IF EXISTS (SELECT FROM articles_edition WHERE id = {edition_id}) THEN
                RAISE EXCEPTION 'rows of this table are never deleted before their edition';
            END IF;
            RETURN OLD;
        """,  # noqa: S608 SQL of our models
    )


KEPT_WITH_ITS_EDITION = kept_with("OLD.edition_id")
HISTORY = [
    pgtrigger.Protect(name="append_only", operation=pgtrigger.Update),
    KEPT_WITH_ITS_EDITION,
    NO_TRUNCATE,
]
