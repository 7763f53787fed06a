from collections import Counter

import pytest

from tests.testimonials.pii.corpus import (
    DEVELOPMENT,
    FRESH,
    HELD_OUT,
    KINDS,
    Record,
    Span,
    records,
)

EACH = pytest.mark.parametrize("path", [DEVELOPMENT, HELD_OUT, FRESH], ids=["development", "held out", "fresh"])


def share(part, whole):
    return len(part) / len(whole)


@pytest.fixture
def written(tmp_path):
    """Write a labeled file, give its path."""

    def write(text):
        path = tmp_path / "set.txt"
        path.write_text(text, encoding="utf-8")
        return path

    return write


def test_labels_are_taken_out_and_point_into_the_text(written):
    path = written(
        "# d1 lower,typo\nthank u ⟦name:tina⟧🙏🏽\n\n⟦relative:my son⟧ ⟦name:kyle⟧'s fine\n---\n# d2 plain\nGood\n"
    )

    assert records(path) == [
        Record(
            "d1",
            frozenset({"lower", "typo"}),
            "thank u tina🙏🏽\n\nmy son kyle's fine",
            (Span("name", 8, 12), Span("relative", 16, 22), Span("name", 23, 27)),
        ),
        Record("d2", frozenset({"plain"}), "Good", ()),
    ]


@pytest.mark.parametrize(
    ("text", "refusal"),
    [
        ("", "set.txt:1: a record begins"),
        ("no heading\n", "set.txt:1: a record begins"),
        ("# d1\nwithout traits\n", "set.txt:1: a record begins"),
        ("# d1 plain\nGood\n---\n", "set.txt:4: a record begins"),
        ("# d1 plain\n", "set.txt:1: the review is empty"),
        ("# d1 plain\n \n---\n# d2 plain\nGood\n", "set.txt:1: the review is empty"),
        ("# d1 plain\nGood\n---\n# d2 plain\nby ⟦nmae:Ana⟧\n", "set.txt:5: no kind is called 'nmae'"),
        ("# d1 plain\n\nby ⟦name:⟧\n", "set.txt:3: a label is empty"),
        ("# d1 plain\nby ⟦name:Ana ⟧\n", "set.txt:2: a label is empty or begins or ends with a space"),
        ("# d1 plain\nby ⟦name:Ana\n", "set.txt:2: a label is not written"),
        ("# d1 plain\nby ⟦Ana⟧\n", "set.txt:2: a label is not written"),
        ("# d1 plain\nby ⟦name:⟦name:Ana⟧⟧\n", "set.txt:2: a label is not written"),
    ],
)
def test_a_malformed_record_is_refused_by_its_line(written, text, refusal):
    with pytest.raises(ValueError, match=refusal):
        records(written(text))


@pytest.mark.parametrize(
    ("path", "letter", "least"), [(DEVELOPMENT, "d", 300), (HELD_OUT, "h", 120), (FRESH, "f", 120)]
)
def test_the_set_is_large_enough_to_measure_with(path, letter, least):
    found = records(path)

    assert len(found) >= least
    assert {record.id[0] for record in found} == {letter}


def test_no_record_is_counted_twice():
    found = [record for path in (DEVELOPMENT, HELD_OUT, FRESH) for record in records(path)]

    for times in Counter(record.id for record in found), Counter(record.text for record in found):
        assert [what for what, count in times.items() if count > 1] == []


@EACH
def test_every_label_covers_text(path):
    for record in records(path):
        for span in record.spans:
            covered = record.text[span.start : span.end]
            assert covered, record.id
            assert covered == covered.strip(), record.id


@EACH
def test_every_kind_is_labeled_at_least_five_times(path):
    times = Counter(span.kind for record in records(path) for span in record.spans)

    assert {kind: times[kind] for kind in KINDS if times[kind] < 5} == {}


@EACH
def test_a_quarter_of_the_records_tempt_a_rule_to_err(path):
    found = records(path)

    assert share([record for record in found if "hard-negative" in record.traits], found) >= 0.25


@EACH
def test_a_quarter_of_the_records_with_names_have_no_capital(path):
    named = [record for record in records(path) if any(span.kind == "name" for span in record.spans)]

    assert share([record for record in named if record.text.islower()], named) >= 0.25


@EACH
def test_what_a_trait_says_of_the_letters_is_so(path):
    for record in records(path):
        assert ("lower" in record.traits) == record.text.islower(), record.id
        assert ("caps" in record.traits) == record.text.isupper(), record.id


def names(path):
    """The names labeled in a file, in lower case."""
    return {
        record.text[span.start : span.end].lower()
        for record in records(path)
        for span in record.spans
        if span.kind == "name"
    }


def test_the_held_out_names_are_new():
    """A rule tuned to the names of development must not score by knowing them."""
    assert share(names(DEVELOPMENT) & names(HELD_OUT), names(HELD_OUT)) <= 0.05
