"""The rules for requests and reviews, measured on invented texts that were written and labeled without seeing them.

Everything but heldout2 was read while the rules were improved, so those figures flatter. Nobody who worked on the rules
read heldout2, by another writer than the first two sets: its figures are what to expect. The figures may only rise.
"""

import csv
from collections import Counter
from pathlib import Path

import pytest

from detoxsite.core.safety import review_signs, risk_signs

URGENCIES = {3: "danger", 2: "soon"}
FLAGS = {"pregnant": "I am pregnant. ", "under18": "I am under 18. "}  # the form has no such box: people write it


def rows(name):
    with Path(__file__).with_name(f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def read_call(row):
    answers = {"story": FLAGS.get(row["age_or_flags"], "") + row["story"]}
    return URGENCIES.get(risk_signs.urgency(answers, risk_signs.find_signs(answers)), "none")


def read_review(row):
    reading = review_signs.read(row["words"])
    return "now" if reading.dangers else "soft" if reading.is_worrying else "none"


def counts(name, read):
    return Counter((row["label"], read(row)) for row in rows(name))


def false_boxes(found):
    return sum(count for (label, read), count in found.items() if label != "now" and read == "now")


@pytest.mark.parametrize(
    ("half", "most_missed", "most_false"),
    [("practice", 0, 0), ("heldout", 0, 1), ("practice2", 0, 0), ("heldout2", 16, 7)],
)
def test_reviews_raise_the_box_for_present_danger(half, most_missed, most_false):
    """The bound, 2 % and none missed, holds on the texts that were read, and not on those that were not."""
    found = counts(f"reviews_{half}", read_review)

    assert found["now", "none"] + found["now", "soft"] <= most_missed
    assert false_boxes(found) <= most_false


@pytest.mark.parametrize(
    ("half", "dangers", "soon", "most_false"),
    [("practice", 66, 61, 2), ("heldout", 70, 61, 3), ("practice2", 54, 54, 4), ("heldout2", 32, 38, 8)],
)
def test_requests_are_as_urgent_as_labeled(half, dangers, soon, most_false):
    found = counts(f"calls_{half}", read_call)

    assert found["danger", "danger"] >= dangers
    assert found["soon", "soon"] + found["soon", "danger"] >= soon
    assert found["none", "soon"] + found["none", "danger"] <= most_false


@pytest.mark.parametrize(
    ("story", "urgency"),
    [
        ("withdrawing", 2),
        ("ran out of klonopin on monday", 3),
        ("stopped xanax cold turkey", 2),
        ("quit valium", 2),
        ("stopped drinking 2 days ago", 3),
        ("want to stop today on my own", 2),
        ("no methadone in 3 days", 2),
        ("dejé de beber ayer", 3),
        ("deje el xanax de golpe", 2),
        ("estoy en abstinencia", 2),
        ("withdrawling from xanex", 2),
        ("stoped drinkin yestrday", 3),
        ("a heroine in a story i wrote", 0),
    ],
)
def test_plain_withdrawal_counts(story, urgency):
    answers = {"story": story}

    assert risk_signs.urgency(answers, risk_signs.find_signs(answers)) >= urgency
    assert urgency or not risk_signs.find_signs(answers)


@pytest.mark.parametrize(
    "words",
    [
        "I've heard nothing but good things",
        "I was suicidal",
        "they saved my life, I was going to die",
        "I overdosed in 2022 and woke up in the ER",
    ],
)
def test_praise_is_no_danger(words):
    assert review_signs.read(words) == review_signs.Reading()
