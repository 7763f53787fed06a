"""Reply policy: measured on labeled replies; each violation names its sentence and the reason."""

import csv
from pathlib import Path

import pytest

from testimonials.moderation import reply_policy
from testimonials.pii import RosterName

HERE = Path(__file__).parent
OWN = "Harbor Light Detox harborlight.example (555) 010-0142 advocate@harborlight.example"
ROSTER = [RosterName("Dana Fox", ("Kyle",)), RosterName("Marcus Bell")]


def labeled(name):
    with (HERE / name).open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return [row["reply"] for row in rows if row["label"] == "good"], [r["reply"] for r in rows if r["label"] == "bad"]


def is_stopped(reply):
    return bool(reply_policy.find_violations(reply, ROSTER, OWN))


def measured(name):
    """Recall and precision of the stopped replies, and the number of replies with each label."""
    good, bad = labeled(name)
    caught, false = sum(map(is_stopped, bad)), sum(map(is_stopped, good))
    return caught / len(bad), caught / (caught + false), len(good), len(bad)


def test_bad_replies_are_stopped_and_good_ones_pass():
    recall, precision, good, bad = measured("replies.csv")

    assert (good >= 60, bad >= 80) == (True, True)
    assert recall >= 0.98
    assert precision >= 0.98


def test_replies_that_the_rules_were_not_made_with_score_as_well():
    """Measured once, before any rule was corrected: recall 0.967, precision 0.967."""
    recall, precision, good, bad = measured("replies_held_out.csv")

    assert (good, bad) == (20, 30)
    assert recall >= 0.95
    assert precision >= 0.95


def test_the_neutral_replies_pass():
    assert len(reply_policy.NEUTRAL) >= 3
    assert [reply_policy.find_violations(wording) for wording in reply_policy.NEUTRAL] == [
        [] for _ in reply_policy.NEUTRAL
    ]
    assert reply_policy.NEUTRAL[0].startswith("Thank you for writing this. The law does not let us say who has or")


def test_each_violation_names_its_sentence_and_reason():
    violations = reply_policy.find_violations(
        "Thank you for writing. We hope your stay was calm. Kyle says hello.", ROSTER
    )

    assert [(violation.sentence, violation.phrase) for violation in violations] == [
        ("We hope your stay was calm.", "your stay"),
        ("Kyle says hello.", "says hello"),
        ("Kyle says hello.", "Kyle"),
    ]
    assert violations[-1].reason == "This names a person."


@pytest.mark.parametrize(
    ("reply", "stopped"),
    [
        ("Call (555) 010-0142.", False),
        ("Call 555.010.0142.", False),
        ("Call (212) 555-0199.", True),
        ("Write to advocate@harborlight.example.", False),
        ("Write to dana@gmail.example.", True),
        ("Read harborlight.example/complaints for more.", False),
        ("Read https://www.harborlight.example/complaints for more.", False),
        ("Read https://reviews.example.net/us for more.", True),
        ("Read https://harborlight.example.evil.example.net for more.", True),
    ],
)
def test_only_the_centers_own_contacts_may_be_given(reply, stopped):
    assert is_stopped(reply) == stopped


@pytest.mark.parametrize("reply", ["Thank you for  YOUR\nstay", "We’re glad you’re home", "You\u00a0were here"])
def test_case_blanks_and_quotes_do_not_matter(reply):
    assert is_stopped(reply)


def test_a_letter_alone_is_not_stopped():
    assert not is_stopped("y")


@pytest.mark.parametrize(
    "reply", ["", " \n", "." * 1500, "you " * 400, "thank you for " * 100, "a" * 1500, "\0😀\u202e" * 300]
)
def test_odd_replies_are_fast(reply):
    assert isinstance(reply_policy.find_violations(reply, ROSTER, OWN), list)
