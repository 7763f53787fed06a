"""Describe the models of an app: columns with their marks, relations, append-only tables."""

from dataclasses import dataclass, field

import pgtrigger
from django.apps import apps
from django.db import models

APPS = {"core": "detoxsite", "articles": "articles", "intake": "intake", "testimonials": "testimonials"}
SEALED, ENCRYPTED, DIGEST, READABLE = "S", "E", "D", "R"
TYPES = {
    "BigAutoField": "id",
    "BigIntegerField": "int",
    "BinaryField": "bytes",
    "BooleanField": "bool",
    "CharField": "text",
    "DateField": "date",
    "DateTimeField": "datetime",
    "EmailField": "email",
    "FileField": "file",
    "FloatField": "float",
    "GeneratedField": "generated",
    "IntegerField": "int",
    "JSONField": "json",
    "PositiveIntegerField": "int",
    "PositiveSmallIntegerField": "int",
    "SlugField": "slug",
    "SmallIntegerField": "int",
    "TextField": "text",
    "UUIDField": "uuid",
}
TEXT_TYPES = {"CharField", "EmailField", "FileField", "JSONField", "TextField"}


@dataclass(frozen=True)
class Column:
    name: str
    type: str
    mark: str = ""
    target: str = ""  # the name of a model of the same app that it refers to


@dataclass(frozen=True)
class Table:
    name: str
    columns: list[Column] = field(hash=False)
    badge: str = ""


def tables(app: str) -> list[Table]:
    """The tables of an app, in the order in which its models are defined."""
    return [_table(model) for model in apps.get_app_config(APPS[app]).get_models()]


def _table(model: type[models.Model]) -> Table:
    columns = [_column(field, model._meta.app_label) for field in model._meta.concrete_fields]
    return Table(model.__name__, columns, _badge(model))


def _badge(model: type[models.Model]) -> str:
    triggers = getattr(model._meta, "triggers", [])
    protected = " ".join(str(trigger.operation) for trigger in triggers if _is_unconditional(trigger))
    if "UPDATE" in protected and "DELETE" in protected:
        return "append-only"
    return "triggers" if triggers else ""


def _is_unconditional(trigger: pgtrigger.Trigger) -> bool:
    """Whether the trigger refuses every change, except perhaps of a column that it names."""
    if not isinstance(trigger, pgtrigger.Protect):
        return False
    return trigger.condition is None or isinstance(trigger.condition, pgtrigger.AnyChange)


def _column(field: models.Field, app: str) -> Column:
    kind = field.get_internal_type()
    optional = "?" if field.null else ""
    if field.remote_field:
        target = field.remote_field.model._meta
        label = target.object_name if target.app_label == app else target.label
        is_here = target.app_label == app and field.remote_field.model is not field.model
        return Column(field.name, f"→ {label}{optional}", target=target.object_name if is_here else "")
    type_name = "choice" if field.choices else TYPES.get(kind, kind.removesuffix("Field").lower())
    return Column(field.name, type_name + optional, _mark(field, kind))


def _mark(field: models.Field, kind: str) -> str:
    """How a column is protected. A text column without protection, other than a choice or a key, is readable."""
    if kind == "BinaryField" or isinstance(getattr(field, "base_field", None), models.BinaryField):
        return SEALED if field.name.startswith("sealed") else DIGEST
    if kind == "TextField" and field.name.startswith(("locked", "encrypted")):
        return ENCRYPTED
    return READABLE if kind in TEXT_TYPES and not field.choices and not field.primary_key else ""
