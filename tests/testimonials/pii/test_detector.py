"""Detector: personal information is found whatever the case, the accents, the script or the emoji around it."""

from itertools import pairwise
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detoxsite.core.plain_text import as_seen
from testimonials.pii import (
    Kind,
    Match,
    RosterName,
    find_matches,
    replace_matches,
)
from tests.testimonials.pii.corpus import (
    DEVELOPMENT,
    FRESH,
    HELD_OUT,
    records,
)
from tests.testimonials.pii.scoring import Score

ROSTER = (
    RosterName("Tina Alvarez", ("teeny",), may_be_named=True),
    RosterName("Marcus Okafor"),
    RosterName("Dr. Grace Young"),
    RosterName("Zoë Brown", ("Z-girl",)),
)


def found_in(text, roster=()):
    return [(match.kind.value, match.text) for match in find_matches(text, roster)]


def named(text, roster=()):
    return [match.text for match in find_matches(text, roster) if match.kind in (Kind.NAME, Kind.STAFF)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("tina sat with me", ["tina"]),
        ("kyle❤️❤️thank you", ["kyle"]),
        ("THANK YOU KYLE AND DESHAWN!!!", ["KYLE", "DESHAWN"]),
        ("my son kyle's room", ["kyle"]),
        ("my son zayvionne is home", ["zayvionne"]),
        ("my brother mark is home", ["mark"]),
        ("thanks to hope and joy", ["hope", "joy"]),
        ("nurse joy was kind", ["joy"]),
        ("hope sat with me all night", ["hope"]),
        ("I was lost until Hope came in", ["Hope"]),
        ("dr brown listened", ["brown"]),
        ("Mr. Young picked us up", ["Young"]),
        ("tina alvarez and mike b. were there", ["tina alvarez", "mike b"]),
        ("Kimberly De La Cruz and Mary-Ann O'Brien", ["Kimberly De La Cruz", "Mary-Ann O'Brien"]),
        ("mi hijo kevin, la doctora ruiz, gracias a marisol", ["kevin", "ruiz", "marisol"]),
        ("José Núñez cried", ["José Núñez"]),
        ("thank you jennfer", ["jennfer"]),
        ("kyleeee you rock", ["kyleeee"]),
        ("k\u200byle is home", ["k\u200byle"]),
        ("𝓚𝔂𝓵𝓮 is home", ["𝓚𝔂𝓵𝓮"]),
        ("my counselor мария was great", ["мария"]),
        ("thank you 王医生", ["王医生"]),
        ("I owe my life to Okwudili.", ["Okwudili"]),
        ("best place ever\n- mark", ["mark"]),
        ("roommates tyler, jose and big mike", ["tyler", "jose", "big mike"]),
        ("PJ was kind and PJ's room was next to mine", ["PJ", "PJ"]),
        ("Heaven sat with me", ["Heaven"]),
    ],
)
def test_names_are_found_however_they_are_typed(text, found):
    assert named(text) == found


@pytest.mark.parametrize(
    "text",
    [
        "i have hope and faith now, by the grace of god",
        "it was joy to wake up. you will make it, may you too",
        "I came from San Diego to Florida in the summer",
        "The Serenity Prayer and AA helped on Monday",
        "BEST PLACE EVER. THE FOOD WAS GREAT",
        "Best Detox Center In The Whole State",
        "I drank Jack Daniels and smoked Marlboro",
        "the rich food and a dean of the college",
        "The nurse was kind and the doctor listened",
        "gracias a todos, el lugar es muy limpio",
        "❤️🙏🏽👨‍👩‍👧",
        "Heaven sent, all of them. A heaven-sent place",
        "they gave me pj's and socks, so bring your PJ's",
        "My pjs were clean, wore PJ's all day",
    ],
)
def test_words_that_are_names_elsewhere_are_left_alone(text):
    assert named(text) == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("TINA and marcus’s team", [("staff", "TINA"), ("staff", "marcus")]),
        ("Teeny helped, Ms. alvares too", [("staff", "Teeny"), ("staff", "alvares")]),
        ("okafour and Marcus Okafor", [("staff", "okafour"), ("staff", "Marcus Okafor")]),
        ("zoe was kind, z girl too", [("staff", "zoe"), ("staff", "z girl")]),
        ("young people and brown walls", []),
        ("by the grace of god", []),
        ("dr grace was kind", [("staff", "grace")]),
        ("tina johnson", [("staff", "tina johnson")]),
    ],
)
def test_the_staff_are_found_by_their_roster(text, found):
    assert found_in(text, ROSTER) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("call 555-867-5309 or (555) 867-5309", [("phone", "555-867-5309"), ("phone", "(555) 867-5309")]),
        ("555.867.5309, 5558675309", [("phone", "555.867.5309"), ("phone", "5558675309")]),
        ("+1 555 867 5309 or 1-800-FLOWERS", [("phone", "+1 555 867 5309"), ("phone", "1-800-FLOWERS")]),
        ("five five five eight six seven 5309", [("phone", "five five five eight six seven 5309")]),
        ("sam@example.com", [("email", "sam@example.com")]),
        ("sam at gmail dot com", [("email", "sam at gmail dot com")]),
        ("see www.example.com/x?y=1, example.org.", [("web", "www.example.com/x?y=1"), ("web", "example.org")]),
        ("I am @kyle_22", [("handle", "@kyle_22")]),
        ("snap: kyle22", [("handle", "snap: kyle22")]),
        ("on March 3, 2024", [("date", "March 3, 2024")]),
        ("on 3/14 and 2024-03-14", [("date", "3/14"), ("date", "2024-03-14")]),
        ("since 2019, the 4th of July", [("date", "2019"), ("date", "the 4th of July")]),
        ("Easter 2023 was hard", [("date", "Easter 2023")]),
        ("24/7 care, 5/5, 10/10, two weeks ago on Monday", []),
        ("my mom is 94 years old", [("relative", "my mom"), ("age", "94 years old")]),
        ("he turned ninety-two", [("age", "ninety-two")]),
        ("she is 89 years old, 90 days in", []),
        ("123 Main Street, Springfield, IL 62704", [("address", "123 Main Street, Springfield, IL 62704")]),
        ("ssn 219-09-9999", [("number", "ssn 219-09-9999")]),
        ("219-09-9999", [("number", "219-09-9999")]),
        ("MRN 123456 in room 12B", [("number", "MRN 123456"), ("number", "room 12B")]),
        ("off Suboxone, xanax and percs", [("medicine", "Suboxone"), ("medicine", "xanax"), ("medicine", "percs")]),
        ("alcohol, beer, weed and detox meds", []),
        ("my ex-wife and our youngest daughter", [("relative", "my ex-wife"), ("relative", "our youngest daughter")]),
        ("my sister in law and mi hija", [("relative", "my sister in law"), ("relative", "mi hija")]),
        ("14 months sober", [("duration", "14 months")]),
        ("sober for 2 years and 3 months", [("duration", "2 years and 3 months")]),
    ],
)
def test_patterns_are_found(text, found):
    assert found_in(text) == found


def test_a_match_has_its_place_and_a_replacement():
    text = "👍🏽 my son kyle, 14 months sober since March 3, 2024"

    assert find_matches(text) == [
        Match(Kind.RELATIVE, 3, 9, "my son", "someone close to me"),
        Match(Kind.NAME, 10, 14, "kyle", ""),
        Match(Kind.DURATION, 16, 25, "14 months", "some months"),
        Match(Kind.DATE, 38, 51, "March 3, 2024", "a day in 2024"),
    ]
    assert (
        replace_matches(text, find_matches(text)) == "👍🏽 someone close to me, some months sober since a day in 2024"
    )


@pytest.mark.parametrize(
    ("text", "replaced"),
    [
        ("in March 2024", "in 2024"),
        ("on 3/14 it began", "it began"),
        ("2 years sober", "over a year sober"),
        ("thanks to Kyle!", "thanks to [name removed]!"),
        ("call 555-867-5309", "call [phone number removed]"),
    ],
)
def test_replacements_are_less_exact(text, replaced):
    assert replace_matches(text, find_matches(text)) == replaced


def test_only_staff_who_agreed_may_be_offered_by_their_first_name():
    matches = find_matches("Tina Alvarez and Marcus Okafor", ROSTER)

    assert [match.replacement for match in matches] == ["Tina", "[name removed]"]


PIECES = st.sampled_from(
    [
        "kyle",
        "Tina",
        "my son ",
        "thanks to ",
        "Dr. ",
        " ",
        "\n",
        ".",
        "❤️",
        "👨‍👩‍👧",
        "\x00",
        "\ud83d",
        "\u0301",
        "\u200d",
        "3/14",
        "555-867-5309",
    ]
    + ["@", "a.b", "мария", "王", "’s", "-", "(", "2024", "years sober", "#", "\r\n", "ruiz", "de la", "ß", "ﬁ", "İ"]
)


@given(st.lists(PIECES, max_size=25).map("".join) | st.text(st.characters(codec=None), max_size=80))
def test_matches_are_in_order_and_apart_in_any_text(text):
    matches = find_matches(text, ROSTER)

    assert all(0 <= match.start < match.end <= len(text) for match in matches)
    assert all(text[match.start : match.end] == match.text for match in matches)
    assert all(before.end <= after.start for before, after in pairwise(matches))


@pytest.mark.parametrize(
    ("path", "recall", "precision"),
    [(DEVELOPMENT, 0.98, 0.92), (HELD_OUT, 0.97, 0.88), (FRESH, 0.93, 0.87)],
    ids=["development", "held out before", "fresh"],
)
def test_few_names_of_the_labeled_reviews_are_missed(path, recall, precision):
    """The rules were corrected for their misses in the first two sets; their author has not read the fresh one."""
    score = Score(records(path))

    print(f"{path.name}\n{score}")  # noqa: T201
    assert score.recall("name") >= recall
    assert score.precision("name") >= precision


@pytest.mark.parametrize("path", [DEVELOPMENT, HELD_OUT], ids=["development", "held out before"])
@pytest.mark.parametrize("trait", ["lower", "emoji", "typo", "spanish", "caps"])
def test_names_are_found_in_every_way_of_typing(path, trait):
    some = Score(record for record in records(path) if trait in record.traits)

    assert some.recall("name") >= 0.95


@pytest.mark.parametrize(
    ("kind", "recall"),
    [
        *((kind, 1) for kind in ("phone", "email", "web", "handle", "date", "age", "address")),
        *(("number", 0.9), ("duration", 0.95), ("relative", 0.95), ("medicine", 0.95)),
    ],
)
def test_other_kinds_are_found_in_the_labeled_reviews(kind, recall):
    score = Score([*records(DEVELOPMENT), *records(HELD_OUT)])

    assert score.recall(kind) >= recall


@pytest.mark.parametrize(
    "text",
    [
        "a." * 2500,
        "1 2 3 " * 833,
        "\N{WOMAN}\N{ZERO WIDTH JOINER}" * 2500,
        "Ab " * 1666,
        "kyle and " * 555,
        "one year " * 555,
        "jan 1 " * 833,
        "王医生" * 1666,
    ],
    ids=["stops", "digits", "joiners", "capitals", "list", "lengths", "dates", "signs"],
)
def test_no_text_takes_long(text):
    """On a quiet machine each takes 20 ms or little more; a pattern that runs away takes seconds."""
    start = process_time()

    find_matches(text[:5000])

    assert process_time() - start < 1


HIDDEN = [
    ("phone", "Call me at 5\u200b5\u200b5-0104477.", "5\u200b5\u200b5-0104477"),
    ("phone", "Call me at ５５５－０１０－４４７７.", "５５５－０１０－４４７７"),  # noqa: RUF001
    ("phone", "Call 212\u00a0555\u202f0177 now", "212\u00a0555\u202f0177"),
    ("email", "Write to sam\u2060@\u200bexam\u00adple.com please", "sam\u2060@\u200bexam\u00adple.com"),
    ("web", "Look at www\u200b.sams-page\u200b.com today", "www\u200b.sams-page\u200b.com"),
    ("date", "I came on May\u200b 5\u00ad, 20\u206024 and", "May\u200b 5\u00ad, 20\u206024"),
    ("address", "We live at 12\u200b Main\u00a0Str\u00adeet in town", "12\u200b Main\u00a0Str\u00adeet"),
    ("number", "My record was MRN 12\u200b34\u200b567 there", None),
    ("medicine", "They gave me Sub\u00adoxone early", "Sub\u00adoxone"),
    ("medicine", "They gave me ｍｅｔｈａｄｏｎｅ early", "ｍｅｔｈａｄｏｎｅ"),  # noqa: RUF001
    ("medicine", "They gave me 𝐦𝐞𝐭𝐡𝐚𝐝𝐨𝐧𝐞 early", "𝐦𝐞𝐭𝐡𝐚𝐝𝐨𝐧𝐞"),
    ("medicine", "They gave me m\u0336e\u0336thadone early", None),
    ("name", "Thanks to my friend Ky\u200dle Sm\u200bith for it", "Ky\u200dle Sm\u200bith"),
    ("name", "Thanks to my friend Кyle Smith for it", "Кyle Smith"),  # noqa: RUF001 with a Cyrillic K
    ("staff", "Nurse T\u200bi\u200bna sat with me", None),
    ("relative", "My hus\u00adband the may\u200bor of Spring\u200bfield came", None),
]


@pytest.mark.parametrize(("kind", "text", "written"), HIDDEN)
def test_hidden_letters_hide_nothing(kind, text, written):
    matches = find_matches(text, [RosterName("Tina Ruiz", ("Tina",))])

    found = [match.text for match in matches if match.kind == kind]
    plain = find_matches(as_seen(text), [RosterName("Tina Ruiz", ("Tina",))])
    assert [match.kind for match in matches] == [match.kind for match in plain]
    assert kind == "relative" or found
    assert written is None or found == [written]
    assert all(text[match.start : match.end] == match.text for match in matches)
