"""The diagrams in docs/data-model show the models as they are."""

import pytest

from .__main__ import drawings
from .describe import APPS, tables


@pytest.mark.parametrize("app", APPS)
def test_the_diagram_shows_the_models_as_they_are(app):
    path, text = next((path, text) for path, text in drawings().items() if path.stem == app)

    assert path.read_text() == text, "out of date: run script/data-model"


def test_sealed_append_only_and_readable_columns_are_marked():
    marks = {
        f"{table.name}.{column.name}": column.mark for app in APPS for table in tables(app) for column in table.columns
    }
    badges = {table.name: table.badge for app in APPS for table in tables(app)}

    assert marks["CallForHelp.sealed"] == "S"
    assert marks["CallForHelp.contact_digests"] == "D"
    assert marks["CallForHelp.status"] == ""
    assert marks["Testimonial.shown_words"] == "R"
    assert badges["Consent"] == badges["Disclosure"] == "append-only"
    assert badges["EditionEvent"] == "triggers"  # goes with a draft that is deleted
