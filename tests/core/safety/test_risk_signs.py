"""Risk signs: measured on invented stories that were labeled before the rules were tried on them.

The rules were then corrected for their misses, so the numbers here flatter them. Of four further sets of stories,
each new to the rules when it was written, they found 60, 75, 67 and 82 of 100 dangers; then these sets were added too.
"""

import csv
import re
from pathlib import Path
from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detoxsite.core.safety import review_signs, risk_signs, sign_patterns, withdrawal
from detoxsite.core.safety.crisis_steps import crisis_steps, is_spanish
from detoxsite.core.safety.risk_signs import (
    DANGERS,
    Sign,
    find_signs,
    urgency,
    urgency_reasons,
)

DEADLIEST = {Sign.NOT_BREATHING, Sign.OVERDOSE, Sign.SEIZURE, Sign.SUICIDE}


def labeled():
    with Path(__file__).with_name("risk_signs.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


ROWS = labeled()


def listed(cell):
    return cell.split("|") if cell else []


def found_in(row):
    """Without plain withdrawal, which this list does not label (calls_practice.csv does)."""
    found = find_signs({"story": row["text"], "substances": listed(row["substances"]), "recent": row["recent"]})
    return [sign for sign in found if sign != Sign.STOPPING]


def dangers(names):
    return set(names) & DANGERS


def test_the_list_is_as_large_and_as_mixed_as_its_figures_need():
    dangerous = [row for row in ROWS if dangers(listed(row["signs"]))]

    assert len(dangerous) >= 300
    assert len(ROWS) - len(dangerous) >= 200
    assert sum(row["language"] == "es" for row in dangerous) >= 0.4 * len(dangerous)
    assert {name for row in ROWS for name in listed(row["signs"])} == set(Sign.values) - {Sign.STOPPING}


@pytest.mark.parametrize("row", [row for row in ROWS if DEADLIEST & set(listed(row["signs"]))], ids=lambda r: r["text"])
def test_the_deadliest_signs_are_found(row):
    """A line marked as a known miss must be missed, so that a fix has to remove the mark."""
    assert (set(listed(row["signs"])) <= set(found_in(row))) == (not row["known_miss"])


def test_of_all_dangers_few_are_missed_and_few_alarms_are_false():
    dangerous = [row for row in ROWS if dangers(listed(row["signs"]))]
    flagged = [row for row in ROWS if dangers(found_in(row))]
    found = [row for row in dangerous if set(listed(row["signs"])) <= set(found_in(row))]
    right = [row for row in flagged if dangers(listed(row["signs"]))]

    assert len(found) / len(dangerous) >= 0.98
    assert len(right) / len(flagged) >= 0.96


def test_only_what_is_known_is_a_false_alarm():
    harmless = [row for row in ROWS if not dangers(listed(row["signs"]))]

    assert [row["text"] for row in harmless if set(found_in(row)) != set(listed(row["signs"]))] == [
        row["text"] for row in harmless if row["known_miss"]
    ]


@pytest.mark.parametrize(
    "story",
    [
        "He’s NOT breathing",
        "he is not\nbreathing",
        "not bre\u200bathing",
        "no respíra",
        "noooo respiraaaa",
        "ｎｏｔ breathing",
        "nоt breаthing",  # with a Cyrillic o and a
        "n\u0336o\u0336t\u0336 breathing",
        "not\u00a0breath\u2060ing",
        "𝐧𝐨𝐭 𝐛𝐫𝐞𝐚𝐭𝐡𝐢𝐧𝐠",
    ],
)
def test_how_it_is_typed_does_not_matter(story):
    assert find_signs({"story": story}) == ("not_breathing",)


@pytest.mark.parametrize(
    "story", ["no seizures", "never had any seizures", "no overdose or seizures", "nunca convulsiones"]
)
def test_negated_signs_do_not_count(story):
    assert find_signs({"story": story}) == ()


@pytest.mark.parametrize("story", ["No. Seizure now", "she has no insurance she had a seizure", "no no no respira"])
def test_a_negation_of_something_else_changes_nothing(story):
    assert len(find_signs({"story": story})) == 1


def test_every_text_field_is_read():
    assert (
        find_signs({"name": "help seizure"})
        == find_signs({"phone": "555 0100 seizure"})
        == find_signs({"story": "seizure"})
    )


def test_signs_come_most_dangerous_first():
    story = "he hits me, im pregnant, i want to die and he isnt breathing after a seizure"

    assert find_signs({"story": story}) == ("not_breathing", "seizure", "suicide", "violence", "minor_or_pregnant")


@pytest.mark.parametrize(
    ("story", "substances", "found"),
    [
        ("stopped drinking yesterday, shaking", [], ("withdrawal", "stopping")),
        ("stopped yesterday, shaking", ["alcohol"], ("withdrawal",)),
        ("stopped yesterday, shaking", ["benzos", "meth"], ("withdrawal",)),
        ("stopped yesterday, shaking", ["cannabis"], ()),
        ("stopped drinking yesterday", ["alcohol"], ("withdrawal", "stopping")),
        ("stopped drinking", ["alcohol"], ("stopping",)),
        ("shaking", ["alcohol"], ()),
    ],
)
def test_withdrawal_is_having_stopped_and_shaking(story, substances, found):
    assert find_signs({"story": story, "substances": substances}) == found


@pytest.mark.parametrize(
    ("answers", "found", "level"),
    [
        ({}, ("suicide", "minor_or_pregnant"), 3),
        ({"recent": "yes", "substances": ["alcohol"]}, ("violence",), 3),
        ({"recent": "yes", "substances": ["meth", "benzos"]}, (), 2),
        ({"recent": "unsure", "substances": ["opioids"]}, ("minor_or_pregnant",), 2),
        ({"recent": "no", "substances": ["alcohol"]}, ("minor_or_pregnant",), 2),
        ({"recent": "no", "substances": ["cannabis"]}, ("minor_or_pregnant",), 1),
        ({}, ("stopping",), 2),
        ({"recent": "yes", "substances": []}, (), 1),
        ({"recent": "unsure", "substances": ["cannabis"]}, (), 0),
        ({"recent": "", "substances": ["alcohol"]}, (), 0),
        ({}, (), 0),
    ],
)
def test_urgency_follows_danger_then_withdrawal_then_the_rest(answers, found, level):
    assert urgency(answers, found) == level


def test_reasons_are_short_and_in_our_own_terms():
    answers = {"story": "Canary had a seizure", "recent": "yes", "substances": ["alcohol", "opioids", "meth"]}

    assert urgency_reasons(answers, ("seizure", "minor_or_pregnant")) == [
        "Danger now: seizure",
        "Used alcohol and opioids within 72 hours",
        "Pregnant or under 18",
    ]
    assert urgency_reasons({"recent": "unsure", "substances": ["benzos"]}, ()) == [
        "May have used benzos within 72 hours"
    ]
    assert urgency_reasons({"recent": "yes", "substances": []}, ()) == ["Used something within 72 hours"]
    assert urgency_reasons({"recent": "unsure", "substances": []}, ()) == []


@pytest.mark.parametrize(
    ("found", "first"),
    [
        ((), []),
        (("minor_or_pregnant",), []),
        (("not_breathing", "suicide"), ["911", "naloxone", "988", "stay"]),
        (("suicide",), ["988", "911", "stay"]),
        (("suicide", "withdrawal"), ["988", "911", "taper", "stay"]),
        (("withdrawal",), ["taper", "911", "stay"]),
        (("stopping",), ["taper"]),
        (("seizure",), ["911", "stay"]),
        (("violence",), ["911"]),
    ],
)
def test_crisis_steps_are_in_the_order_they_are_needed(found, first):
    assert crisis_steps(found) == first


ANYTHING = st.text(st.characters() | st.characters(categories=["Cs", "Mn", "Cf", "Cc", "So"]), max_size=400)
WORDS = st.lists(
    st.sampled_from(sorted(risk_signs.MATCHER.by_first_word) + [".", ",", "no", "\0", "🔫", "\ud800"]), max_size=200
)


@settings(deadline=None)
@given(ANYTHING | WORDS.map(" ".join), ANYTHING)
def test_no_text_makes_it_raise(story, name):
    answers = {"story": story, "name": name, "substances": ["alcohol"], "recent": "yes"}

    found = find_signs(answers)

    assert set(found) <= set(Sign.values)
    assert urgency(answers, found) >= 2
    assert urgency_reasons(answers, found)
    assert set(crisis_steps(found)) <= {"911", "naloxone", "988", "taper", "stay"}


@pytest.mark.parametrize("answers", [{}, {"story": None, "substances": None}, {"story": 5, "name": ["a"]}])
def test_missing_answers_have_no_signs(answers):
    assert find_signs(answers) == ()
    assert urgency(answers, ()) == 0


ALL_MATCHERS = [
    *(risk_signs.MATCHER, withdrawal.QUIT, withdrawal.TIMES, withdrawal.SYMPTOMS),
    *(review_signs.MATCHER, review_signs.FRAMES, review_signs.SOFT),
]
HARDEST = [
    *(
        "a",
        "a ",
        "no ",
        "no, ",
        "no seizure ",
        "dont want to ",
        "took too ",
        "took 10 a b ",
        "\u0301\u0323",
        "é ",
        "\ud800",
    ),
    *("he is not. ", "stopped a b c ", "\0", "我", "𝐝𝐢𝐞 ", "kil" + "l" * 50),
]


@pytest.mark.parametrize("part", HARDEST, ids=ascii)
def test_ten_times_the_text_takes_about_ten_times_as_long(part):
    def spent(length):
        answers = {"story": (part * length)[:length]}
        return min(_seconds(answers) for _ in range(5))

    spent(10_000)
    assert spent(100_000) < 30 * spent(10_000) + 0.001


@pytest.mark.parametrize("part", [*HARDEST, "i ", "he is. ", "goodbye my pills i take them tonight "], ids=ascii)
def test_a_long_review_takes_no_longer(part):
    before = process_time()
    review_signs.read((part * 5000)[:5000])  # twice the longest review takes a few hundredths

    assert process_time() - before < 1


def _seconds(answers):
    before = process_time()
    find_signs(answers)
    return process_time() - before


def test_no_pattern_repeats_without_a_bound_inside_another_repeat():
    for lines in (lines for one in ALL_MATCHERS for lines in one.by_first_word.values()):
        for _, pattern, _ in lines:
            bounded = re.sub(r"\[a-z0-9,?\][*+]\+|\{0,[38]\}\??|\{[124](?:,2)?\}", "", pattern.pattern)
            assert not re.search(r"[*+{]", bounded), pattern.pattern


def test_the_table_keeps_to_its_own_rules():
    for label, line in [*risk_signs.lines(), *review_signs.lines()]:
        first, *rest = line.split()
        assert not first.endswith("?"), (label, line)
        assert first not in ("..", "...", "*", "#", "##"), (label, line)
        assert rest[-1:] not in ([".."], ["..."]), (label, line)
        for word in (
            word for token in (first, *rest) if token not in ("..", "...") for word in sign_patterns.alternatives(token)
        ):
            assert re.fullmatch(r"[a-z0-9]{1,}|[a-z0-9]{4,}\*|[*]|##?", word), (label, line, word)
            assert not re.search(r"([a-z])\1\1", word), (label, line, word)


@pytest.mark.parametrize(
    ("answers", "so"),
    [
        ({"language": "es"}, True),
        ({"language": "en", "story": "mi hijo no respira"}, True),
        ({"language": "en", "story": "My son has pills que no se"}, True),
        ({"language": "en", "story": "I drink every day, no more por favor"}, True),
        ({"language": "en", "story": "Help me please, y is this so hard?"}, False),
        ({}, False),
    ],
)
def test_people_who_write_spanish_see_spanish_too(answers, so):
    assert is_spanish(answers) is so
