"""Fisher's exact test against known tables, and against its definition."""

import math
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from testimonials.moderation import fisher_exact

NUMBER = st.integers(0, 30)


@pytest.mark.parametrize(
    ("table", "p"),
    [
        ((3, 1, 1, 3), 34 / 70),  # Fisher's lady tasting tea: 1/70, 16/70, 36/70, 16/70, 1/70
        ((4, 0, 0, 4), 2 / 70),
        ((8, 2, 1, 5), 0.03496503496503495),  # documentation of SciPy and R
        ((6, 2, 1, 4), 0.10256410256410257),  # SciPy's own
        ((2, 10, 15, 3), 0.0005367241),  # Fisher's convicts with twins: R prints 0.0005367
        ((1, 9, 11, 3), 0.0027594561852200836),  # teenagers on a diet, Wikipedia
        ((0, 0, 5, 5), 1.0),
        ((0, 0, 0, 0), 1.0),
        ((5, 0, 7, 0), 1.0),
    ],
)
def test_known_tables(table, p):
    assert fisher_exact.two_sided_p_value(*table) == pytest.approx(p, rel=1e-6)


def by_definition(a, b, c, d) -> Fraction:
    def ways(upper_left):
        return math.comb(a + b, upper_left) * math.comb(c + d, a + c - upper_left)

    tables = range(max(0, a - d), min(a + b, a + c) + 1)
    return Fraction(sum(ways(one) for one in tables if ways(one) <= ways(a)), sum(map(ways, tables)))


@given(NUMBER, NUMBER, NUMBER, NUMBER)
def test_every_table_is_as_likely_as_the_definition_says(a, b, c, d):
    assert fisher_exact.two_sided_p_value(a, b, c, d) == float(by_definition(a, b, c, d))


@given(NUMBER, NUMBER, NUMBER, NUMBER)
def test_turning_the_table_changes_nothing(a, b, c, d):
    p = fisher_exact.two_sided_p_value(a, b, c, d)

    assert 0 < p <= 1
    assert (
        p
        == fisher_exact.two_sided_p_value(c, d, a, b)
        == fisher_exact.two_sided_p_value(b, a, d, c)
        == fisher_exact.two_sided_p_value(a, c, b, d)
    )


@given(NUMBER, NUMBER, NUMBER, NUMBER)
def test_no_table_with_these_margins_has_a_smaller_p_value(a, b, c, d):
    tables = range(max(0, a - d), min(a + b, a + c) + 1)

    least = min(by_definition(one, a + b - one, a + c - one, d - a + one) for one in tables)
    assert fisher_exact.min_p_value(a, b, c, d) == float(least)
