"""Which versions of the code run on which schema: expand first, contract a version later (decision 38)."""

from typing import NamedTuple

from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from detoxsite.core import migration_history
from detoxsite.core.project_version import project_version, sort_key

FIRST = "0.9.0"  # the version from which on the rule holds
BEFORE_THE_RULE = {
    "account": "0009_emailaddress_unique_primary_email",
    "admin": "0003_logentry_add_action_flag_choices",
    "articles": "0005_public_changes",
    "auth": "0012_alter_user_first_name_max_length",
    "contenttypes": "0002_remove_content_type_name",
    "detoxsite": "0009_leases",
    "intake": "0007_clinical_fields_and_access_log",
    "mfa": "0003_authenticator_type_uniq",
    "sessions": "0001_initial",
    "socialaccount": "0006_alter_socialaccount_extra_data",
    "testimonials": "0005_decision_counters",
    "usersessions": "0001_initial",
}
"""The last migration of each app in 0.9.0. The linter reads every later one, of libraries too. Never changes."""


class Reviewed(NamedTuple):
    """What a person decided about a migration that the linter stops."""

    reason: str  # why it is safe while the site runs; or why not, with ``needs_stop``
    rules: tuple[str, ...] = ()  # of the linter, which may be broken here
    oldest_code: str = FIRST  # the oldest version that runs on the schema after it
    needs_stop: bool = False


# On a small table, or a column that is empty: a scan takes less time than the wait for its lock may (ops/migrating.py).
_SCANS = ("adding-foreign-key-constraint", "constraint-missing-not-valid", "require-concurrent-index-creation")
_OF_NEW_TABLES = "adding-required-field"  # the linter does not see that the table is of the same migration

REVIEWED: dict[str, Reviewed] = {
    "articles.0006_former_addresses_as_redirects": Reviewed(
        "It reads a few former addresses and adds a redirect for each. The table stays for the former version.",
        rules=("runs-python",),
    ),
    "articles.0007_people_with_pages": Reviewed("A center has dozens of people.", rules=_SCANS),
    "articles.0008_pages_at_the_root": Reviewed(
        "Articles are thousands, not millions: one statement fills in their paths, and each index takes less than a "
        "second at 100,000. A trigger gives a path to the articles that the former version makes. It does not know "
        "pages, which have no topic, so none may be published before it has ended.",
        rules=(
            *_SCANS,
            _OF_NEW_TABLES,
            *("ban-drop-constraint", "ban-drop-not-null", "disallowed-unique-constraint"),
            "require-concurrent-index-deletion",
        ),
    ),
    "articles.0009_first_page": Reviewed(
        "Two constraints of a table of thousands of rows are replaced by wider ones. The former version shows its own "
        "first page, whatever is signed off, and knows none of the new blocks: none may be published before it has "
        "ended.",
        rules=(*_SCANS, _OF_NEW_TABLES, "ban-drop-constraint"),
    ),
    "articles.0010_columns_tables_and_topic_pictures": Reviewed(
        "A center has a dozen topics, and the other tables are new.", rules=(*_SCANS, _OF_NEW_TABLES)
    ),
    "articles.0011_files_galleries_maps_videos": Reviewed(
        "New tables, which are empty. Their keys to editions and pictures hold these for a moment. The triggers of "
        "pictures are made anew and ask the new tables as well.",
        rules=(*_SCANS, _OF_NEW_TABLES),
    ),
    "articles.0012_menus": Reviewed(
        "The tables are new and empty, so the keys are checked at once. The former version shows the menus of its "
        "templates, whatever is put on the site meanwhile.",
        rules=(*_SCANS, _OF_NEW_TABLES),
    ),
    "articles.0013_workflow_messages": Reviewed(
        "Editions and their history are tens of thousands of rows, and none has the new columns or the new kind of "
        "event: each scan takes less than a second. The former version ignores both columns. It moves no publication, "
        "and the triggers allow it what they allowed before.",
        rules=(*_SCANS, _OF_NEW_TABLES, "disallowed-unique-constraint"),
    ),
    "articles.0014_picture_tags_and_focus": Reviewed(
        "A library has thousands of pictures: its index is made in less than a second. The other table is new. The "
        "former version adds pictures without tags.",
        rules=(*_SCANS, _OF_NEW_TABLES),
    ),
    "articles.0015_comments": Reviewed(
        "New tables, which are empty. Their keys to editions and accounts hold these for a moment. The former version "
        "cannot delete a draft that has comments: it gets an error, and nothing is lost.",
        rules=(*_SCANS, _OF_NEW_TABLES),
    ),
    "articles.0016_indexes_of_editions_by_number": Reviewed(
        "Editions are tens of thousands of rows: each index is made in less than a second.", rules=_SCANS
    ),
    "intake.0008_phones": Reviewed(
        "Alerts have a few deliveries each, which the worker writes: nobody who asks for help waits for them. The "
        "former version rings no phones, and its deliveries meet the new constraint as they met the old one.",
        rules=(*_SCANS, _OF_NEW_TABLES, "ban-drop-constraint", "disallowed-unique-constraint"),
    ),
}
"""By "app.name". A column that is dropped names the version that stopped using it as ``oldest_code``."""


def follows_the_rule(label: str, name: str) -> bool:
    """Whether the linter reads this migration: it is newer than 0.9.0. Names begin with their number."""
    return name > BEFORE_THE_RULE.get(label, "")


def oldest_code() -> str:
    """The oldest version that runs on the schema of this version."""
    return max((FIRST, *(reviewed.oldest_code for reviewed in REVIEWED.values())), key=sort_key)


class Plan(NamedTuple):
    """What an upgrade of the database to this version means."""

    pending: list[str]  # "app.name", in the order in which they are applied
    running: str  # the version that migrated last, whose processes may still run
    unknown: list[str]  # migrations of a newer version
    refusals: list[str]  # sentences: why the site may not go on running meanwhile


def plan() -> Plan:
    executor = MigrationExecutor(connection)
    steps = executor.migration_plan(executor.loader.graph.leaf_nodes())
    pending = [(migration.app_label, migration.name) for migration, _ in steps]
    note = migration_history.read_note(connection)
    running = note.migrated_by if note else FIRST
    return Plan(
        pending=[f"{label}.{name}" for label, name in pending],
        running=running,
        unknown=migration_history.unknown_migrations(connection),
        refusals=[sentence for key in pending if (sentence := _refusal(*key, running))],
    )


def _refusal(label: str, name: str, running: str) -> str:
    migration, reviewed = f"{label}.{name}", REVIEWED.get(f"{label}.{name}")
    if not follows_the_rule(label, name):
        return f"{migration} is older than {FIRST}, from which on migrations are safe while the site runs."
    if reviewed and reviewed.needs_stop:
        return f"{migration} is not safe while the site runs: {reviewed.reason}"
    if reviewed and sort_key(reviewed.oldest_code) > sort_key(running):
        return (
            f"{migration} takes away what version {running} still uses. Install version {reviewed.oldest_code} first, "
            f"and then {project_version()}."
        )
    return ""
