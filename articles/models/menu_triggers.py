"""Database triggers of the menus: what was put on the site or discarded is frozen, and there are two levels."""

import pgtrigger

from detoxsite.core.append_only import NO_TRUNCATE
from detoxsite.core.public_changes import changes_of

EDITION = [
    pgtrigger.FSM(name="state_transitions", field="state", transitions=[("draft", "released"), ("draft", "discarded")]),
    pgtrigger.Protect(
        name="frozen_once_closed", operation=pgtrigger.Update, condition=pgtrigger.Q(old__state__df="draft")
    ),
    pgtrigger.Protect(name="kept", operation=pgtrigger.Delete),
    NO_TRUNCATE,
    # entries are frozen with the edition: readers see no other change of them
    *changes_of("center", "id", "state", where="state = 'released'", new_rows=False),
]

# The edition stays locked until commit, so that it cannot be put on the site in between.
ENTRY = [
    pgtrigger.Trigger(
        name="frozen_with_edition",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
        declare=[("owner", "bigint"), ("edition_state", "text")],
        func="""
            FOREACH owner IN ARRAY ARRAY[OLD.edition_id, NEW.edition_id] LOOP
                SELECT state INTO edition_state FROM articles_menuedition WHERE id = owner FOR SHARE;
                IF edition_state <> 'draft' THEN
                    RAISE EXCEPTION 'edition % of the menus is frozen', owner;
                END IF;
            END LOOP;
            RETURN COALESCE(NEW, OLD);
        """,
    ),
    pgtrigger.Trigger(
        name="two_levels",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update,
        condition=pgtrigger.Q(new__parent__isnull=False),
        func="""
            IF NOT EXISTS (
                SELECT FROM articles_menuentry WHERE id = NEW.parent_id AND parent_id IS NULL
                AND edition_id = NEW.edition_id AND menu = NEW.menu
            ) OR EXISTS (SELECT FROM articles_menuentry WHERE parent_id = NEW.id) THEN
                RAISE EXCEPTION 'a menu has two levels';
            END IF;
            RETURN NEW;
        """,
    ),
    NO_TRUNCATE,
]

CHANGE = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete), NO_TRUNCATE]
