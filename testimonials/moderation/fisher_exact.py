"""Fisher's exact test: how likely chance alone causes a difference between two rates."""

import functools
import math


@functools.lru_cache(maxsize=256)
def two_sided_p_value(a: int, b: int, c: int, d: int) -> float:
    """The p value of the table with rows (a, b) and (c, d), in integers until the last step.

    Of all tables with the same margins, the share of those that are at most as likely as this one. 1.0 if the margins
    leave no choice.
    """
    weights = _weights(a + b, c + d, a + c)
    observed = math.comb(a + b, a) * math.comb(c + d, c)
    return sum(weight for weight in weights if weight <= observed) / math.comb(a + b + c + d, a + c)


@functools.lru_cache(maxsize=256)
def min_p_value(a: int, b: int, c: int, d: int) -> float:
    """The smallest p value that a table with these margins can have, from its most one-sided outcome."""
    weights = list(_weights(a + b, c + d, a + c))
    lowest = min(weights[0], weights[-1])
    return sum(weight for weight in weights if weight <= lowest) / math.comb(a + b + c + d, a + c)


def _weights(first: int, second: int, column: int):
    """The number of ways to get each table with these margins, in order of its upper left cell."""
    number = max(0, column - second)
    weight = math.comb(first, number) * math.comb(second, column - number)
    while weight:
        yield weight
        weight = weight * (first - number) * (column - number) // ((number + 1) * (second - column + number + 1))
        number += 1
