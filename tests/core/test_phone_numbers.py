import pytest
from hypothesis import given
from hypothesis import strategies as st

from detoxsite.core.phone_numbers import MAX_NUMBERS, e164, find_numbers

FIRST, SECOND = "+12125550177", "+12125550178"


@pytest.mark.parametrize(
    ("typed", "uris"),
    [
        ("212-555-0177 (work, ask for Sam)", [FIRST]),
        ("212-555-0177 or 212-555-0178", [FIRST, SECOND]),
        ("212-555-0177 or …0178", [FIRST, SECOND]),
        ("212-555-0177, or 0178", [FIRST, SECOND]),
        ("212-555-0177 (work, ask for Sam) or …0178", [FIRST, SECOND]),
        ("212-555-0177/78", [FIRST, SECOND]),
        ("212-555-0177 or 555-0178", [FIRST, SECOND]),
        ("call 212-555-0177 after six", [FIRST]),
        ("212-555-0177 after 6 or 7", [FIRST]),
        ("212-555-0177 or 1800 hours", [FIRST]),
        ("212-555-0177/24h", [FIRST]),
        ("212-555-0177 x204", [f"{FIRST};ext=204"]),
        ("(212) 555-0177 ext. 204", [f"{FIRST};ext=204"]),
        ("+44 20 7946 0958", ["+442079460958"]),
        ("011 44 20 7946 0958", ["+442079460958"]),
        ("1-800-662-HELP", ["+18006624357"]),
        ("2\u200b12\u00ad-555\u2060-0177", [FIRST]),
        ("\u202d212-555-0177\u202c", [FIRST]),
        ("２１２－５５５－０１７７", [FIRST]),  # noqa: RUF001
        ("212\u00a0555\u202f0177", [FIRST]),
        ("+1 (212) 555‑0177", [FIRST]),  # noqa: RUF001
        ("home 212.555.0177, work 718.555.0144", [FIRST, "+17185550144"]),
        ("555-0177", []),
        ("ask for Sam", []),
        ("", []),
    ],
)
def test_each_number_that_can_be_dialed_is_found(typed, uris):
    assert [number.uri for number in find_numbers(typed)] == uris
    assert e164(typed) == (uris[0].partition(";")[0] if uris else "")


def test_a_completed_number_is_marked_and_others_are_shown_as_people_write_them():
    numbers = find_numbers("212-555-0177 x20 or 0178, +44 20 7946 0958")

    assert [(number.display, number.is_completed) for number in numbers] == [
        ("(212) 555-0177 ext. 20", False),
        ("(212) 555-0178", True),
        ("+44 20 7946 0958", False),
    ]


def test_no_more_than_a_few_numbers_are_taken_from_one_text():
    assert len(find_numbers(" ".join(f"212-555-01{number}" for number in range(10, 40)))) == MAX_NUMBERS


@given(st.from_regex(r"\(?[2-9][0-9]{2}\)?[-. ]?[0-9]{3}[-. ]?[0-9]{4}", fullmatch=True))
def test_a_number_as_most_people_type_it_is_what_the_library_makes_of_it(typed):
    assert find_numbers(typed) == find_numbers(f" {typed}")  # with a space before it, the library is asked
