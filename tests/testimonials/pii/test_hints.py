"""Hints: ages, towns, jobs, schools and stays that may help to tell who someone is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from testimonials.pii import find_hints, find_matches
from tests.testimonials.pii.corpus import HELD_OUT, records


def hinted(text):
    return [(hint.kind.value, hint.text) for hint in find_hints(text, find_matches(text))]


@pytest.mark.parametrize(
    ("text", "hints"),
    [
        ("I'm a 64 year old man", [("age", "64 year old")]),
        ("a 64-year-old, and 22yo too", [("age", "64-year-old"), ("age", "22yo")]),
        ("It was my 43rd birthday", [("age", "43rd birthday")]),
        ("on my sixtieth birthday", [("age", "sixtieth birthday")]),
        ("I turned 40 there, aged beyond that", [("age", "40")]),
        ("He is in his late fifties.", [("age", "in his late fifties")]),
        ("mujer de 64 años de edad", [("age", "64 años de edad")]),
        ("I drove up from Springfield", [("town", "Springfield")]),
        ("We live in Cedar Falls, Iowa", [("town", "Cedar Falls, Iowa")]),
        ("Yuma, AZ has nothing like it", [("town", "Yuma, AZ")]),
        ("i live in tulsa", [("town", "tulsa")]),
        ("I am a retired school teacher", [("job", "retired school teacher")]),
        ("I worked as a welder, i drive a truck", [("job", "welder"), ("job", "drive a truck")]),
        ("I am a 64 year old welder", [("age", "64 year old"), ("job", "welder")]),
        ("I work at Walmart", [("job", "Walmart")]),
        ("I go to Lincoln High School", [("school", "Lincoln High School")]),
        ("student at OSU, then University of Tulsa", [("school", "OSU"), ("school", "University of Tulsa")]),
        ("I stayed 28 days", [("stay", "28 days")]),
        ("a 30-day program, eleven nights here", [("stay", "30-day"), ("stay", "eleven nights")]),
        ("i t\u200burned 4\u200b0 there", [("age", "4\u200b0")]),
    ],
)
def test_hints_are_found(text, hints):
    assert hinted(text) == hints


@pytest.mark.parametrize(
    "text",
    [
        "The nurse was kind and the doctor listened",
        "I came from hell. Help comes from God",
        "We are from Ohio. I am in Recovery now",
        "24/7 care, 10/10, groups at 10 and 2, 100 percent",
        "30 days sober, and 90 days clean",
        "I was a mess. I am a new person. I'm an addict",
        "in the morning, from the first day, near the door",
        "they turned 180 degrees, page 64, room 12",
        "She was a nurse there. He worked as hard as anyone",
        "I stayed. I spent days crying",
    ],
)
def test_ordinary_words_are_no_hints(text):
    assert hinted(text) == []


def test_hints_are_few_in_reviews_at_large():
    """Each is a question to an author: most reviews must raise none."""
    reviews = records(HELD_OUT)

    assert sum(bool(hinted(record.text)) for record in reviews) <= 0.2 * len(reviews)


@given(st.text("I am64 a-from,Tulsa.OH\u200b\n", max_size=60))
def test_no_hint_overlaps_a_match_or_another(text):
    matches = find_matches(text)
    covered = [at for match in [*matches, *find_hints(text, matches)] for at in range(match.start, match.end)]

    assert len(covered) == len(set(covered))
