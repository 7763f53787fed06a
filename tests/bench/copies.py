"""Fills a site with many rows: some are generated, the others are copies of them, made by the database itself.

Generating and sealing a million rows takes hours, copying them takes minutes. A copy differs from its original in its
keys and in its number, the digits at the end of its ``slug`` or ``key``. It has the same times, so that each day and
week of the site has more.
"""

from django.apps import apps
from django.core.management import call_command
from django.db import connection, models

from detoxsite.core import db_timeout
from detoxsite.sample.bulk_data.pg_copy import tidy

NUMBERED = ("slug", "path", "key", "source_id")  # end in the number of the row, padded with zeros
GENERATED = 10_000  # of each kind at most; the others are copies
FAMILIES = {  # by option of ``manage.py sample``: the table, its generated rows, the tables with parts of them
    "articles": (
        "articles.article",
        r"slug ~ '-\d{6}$'",
        "edition source text callout keyfacts pullquote editionevent rendering",
    ),
    "reviews": ("testimonials.testimonial", "key LIKE 'bulk-%%'", "version author reviewevent"),
    "calls": ("intake.callforhelp", "is_sample AND status = 'closed'", "contactattempt"),  # few are ever open
}


def fill(numbers: dict[str, int]) -> None:
    """Add about that many rows to an empty site, by key of FAMILIES."""
    call_command("sample", seed=1, **{name: min(number, GENERATED) for name, number in numbers.items()})
    for name, number in numbers.items():
        if number > GENERATED:
            multiply(name, number - GENERATED)


def multiply(name: str, number: int) -> None:
    """Add about that many copies of the generated rows of a family, with their parts."""
    label, is_generated, parts = FAMILIES[name]
    root = apps.get_model(label)
    family = [root, *(apps.get_model(root._meta.app_label, name) for name in parts.split())]
    with db_timeout.no_limit(), connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit = off; SET maintenance_work_mem = '512MB'; SET work_mem = '256MB'")
        if name == "articles":
            cursor.execute("SET session_replication_role = replica")  # triggers would refuse rows that are frozen
        indexes = _drop_text_indexes(cursor, family)
        cursor.execute(f"SELECT count(*) FROM {root._meta.db_table} WHERE {is_generated}")  # noqa: S608
        [count] = cursor.fetchone()
        strides = {model: _stride(cursor, model) for model in family}
        for model in family:
            cursor.execute(_copies(model, strides, count, is_generated), {"last": round(number / count)})
        cursor.execute("SET session_replication_role = origin")
        for statement in indexes:
            cursor.execute(statement)
        for table in (model._meta.db_table for model in strides if strides[model]):
            cursor.execute(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), max(id)) FROM {table}")  # noqa: S608
    tidy(*family)


def _stride(cursor, model: type[models.Model]) -> int:
    """What the keys of the first copies are higher by than those of their originals."""
    if not isinstance(model._meta.pk, models.AutoField):
        return 0
    cursor.execute(f"SELECT COALESCE(max(id), 0) FROM {model._meta.db_table}")  # noqa: S608 our own name
    return cursor.fetchone()[0]


def _copies(model: type[models.Model], strides: dict, count: int, is_generated: str) -> str:
    fields = [field for field in model._meta.concrete_fields if not field.generated]
    columns = ", ".join(f'"{field.column}"' for field in fields)
    values = ", ".join(_copied(field, strides, count) for field in fields)
    return f"""
        INSERT INTO {model._meta.db_table} ({columns})
        SELECT {values}
        FROM generate_series(1, %(last)s) AS copy CROSS JOIN ({_originals(model, is_generated)}) AS original
    """  # noqa: S608 our own names


def _originals(model: type[models.Model], is_generated: str) -> str:
    """SQL of the rows of a model that belong to generated ones."""
    table, key = model._meta.db_table, _owner(model)
    if not key:
        return f"SELECT * FROM {table} WHERE {is_generated}"  # noqa: S608 our own names
    owners = _originals(key.related_model, is_generated)
    return f"SELECT * FROM {table} WHERE {key.column} IN (SELECT id FROM ({owners}) AS owner)"  # noqa: S608 our own names


def _owner(model: type[models.Model]):
    """The foreign key to the row that a row is part of; None for a family's first table."""
    owners = {"article", "edition", "parent", "review", "call"}
    relations = (field for field in model._meta.concrete_fields if field.is_relation and field.related_model != model)
    return next((field for field in relations if field.name in owners), None)


def _copied(field: models.Field, strides: dict, count: int) -> str:
    """SQL of a column's value in a copy."""
    column = f'original."{field.column}"'
    keyed = field.related_model if field.is_relation else field.model if field.primary_key else None
    if keyed in strides:
        if strides[keyed]:
            return f"{column} + copy * {strides[keyed]}"
        return f"md5({column} || '/{count}/' || copy)::uuid"
    if field.name in NUMBERED:
        number = f"substring({column} FROM '\\d*$')"
        moved = f"lpad((({number})::bigint + copy * {count})::text, length({number}), '0')"
        return f"CASE {number} WHEN '' THEN {column} ELSE regexp_replace({column}, '\\d*$', '') || {moved} END"
    if isinstance(field, models.BinaryField) and field.unique:
        return f"sha256({column} || ('/{count}/' || copy)::bytea)"
    return column


def _drop_text_indexes(cursor, family: list[type[models.Model]]) -> list[str]:
    """Drop the GIN indexes, which are faster built than filled; return the SQL that creates them again."""
    tables = [model._meta.db_table for model in family]
    cursor.execute(
        "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = ANY(%s) AND indexdef ~ 'gin'", [tables]
    )
    found = cursor.fetchall()
    for name, _ in found:
        cursor.execute(f"DROP INDEX {name}")
    return [definition for _, definition in found]
