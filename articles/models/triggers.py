"""What the database itself refuses: changing words that wait for a clinician, or that one has signed.

The rules hold for whoever asks: the desk, ``update()``, SQL typed by hand. Only the one setting of django-pgtrigger
that lifts them (and whoever may drop a trigger) is beyond them; a fingerprint on the edition tells even then.
"""

import pgtrigger

# Columns that still change while an edition waits for a clinician, and after it was signed off.
_WHILE_WAITING = (
    *("state", "note", "reviewer_id", "signed_as", "signed_off_by_id", "signed_off_at", "publish_at", "reviewed_on"),
    *("review_due_on", "fingerprint", "card", "search"),  # a generated column is not known yet when the trigger runs
)
_AFTER_SIGNING = ("state", "withdrawn_by_id", "withdrawn_at", "search")

TRANSITIONS = [
    ("draft", "in_review"),
    ("in_review", "draft"),
    ("in_review", "signed_off"),
    ("signed_off", "withdrawn"),
]


def _array(names) -> str:
    return "ARRAY[{}]".format(", ".join(f"'{name}'" for name in names))


NOT_EMPTIED = pgtrigger.Trigger(
    name="not_emptied",
    when=pgtrigger.Before,
    operation=pgtrigger.Truncate,
    level=pgtrigger.Statement,
    func="RAISE EXCEPTION 'editions are kept for good';",
)
EDITION = [
    pgtrigger.FSM(name="state_moves_by_steps", field="state", transitions=TRANSITIONS),
    pgtrigger.Trigger(
        name="begins_as_a_draft",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert,
        condition=pgtrigger.Q(new__state__df="draft"),
        func="RAISE EXCEPTION 'an edition begins as a draft';",
    ),
    pgtrigger.Trigger(
        name="words_are_frozen",
        when=pgtrigger.Before,
        operation=pgtrigger.Update,
        condition=pgtrigger.Q(old__state__df="draft"),
        declare=[("free", "text[]")],
        func=f"""
            free := CASE OLD.state
                WHEN 'in_review' THEN {_array(_WHILE_WAITING)} ELSE {_array(_AFTER_SIGNING)} END;
            IF to_jsonb(OLD) - free IS DISTINCT FROM to_jsonb(NEW) - free THEN
                RAISE EXCEPTION 'edition % is frozen', OLD.id;
            END IF;
            RETURN NEW;
        """,
    ),
    pgtrigger.Protect(name="kept_for_good", operation=pgtrigger.Delete, condition=pgtrigger.Q(old__state__df="draft")),
    NOT_EMPTIED,
]


def part_of_edition(column: str) -> list[pgtrigger.Trigger]:
    """For a table whose rows belong to the edition in ``column``: they change only while it is a draft.

    The edition's row stays locked until the change is committed, so that nobody hands it in, or signs it off, between.
    """
    return [
        pgtrigger.Trigger(
            name="words_are_frozen",
            when=pgtrigger.Before,
            operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
            declare=[("owner", "bigint"), ("standing", "text")],
            func=f"""
                FOREACH owner IN ARRAY ARRAY[OLD.{column}, NEW.{column}] LOOP
                    SELECT state INTO standing FROM articles_edition WHERE id = owner FOR SHARE;
                    IF standing <> 'draft' THEN
                        RAISE EXCEPTION 'edition % is frozen', owner;
                    END IF;
                END LOOP;
                RETURN COALESCE(NEW, OLD);
            """,  # noqa: S608 a column of ours, named below
        ),
        NOT_EMPTIED,
    ]


PICTURE = [
    pgtrigger.Trigger(
        name="shown_as_signed",
        when=pgtrigger.Before,
        operation=pgtrigger.Update,
        condition=pgtrigger.AnyChange("image", "alt", "credit"),
        func="""
            IF EXISTS (
                SELECT FROM articles_figure JOIN articles_edition ON articles_edition.id = articles_figure.parent_id
                WHERE articles_figure.picture_id = OLD.id AND articles_edition.state <> 'draft'
            ) THEN
                RAISE EXCEPTION 'picture % stands in words that are frozen', OLD.id;
            END IF;
            RETURN NEW;
        """,
    )
]

APPEND_ONLY = [
    pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
    NOT_EMPTIED,
]
