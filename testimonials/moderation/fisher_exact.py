"""Fisher's exact test: how likely chance alone is to bring about a difference between two rates."""

import functools
import math


@functools.lru_cache(maxsize=256)
def two_sided(a: int, b: int, c: int, d: int) -> float:
    """The p value of the table with rows (a, b) and (c, d), in whole numbers until the last step.

    The share, among all tables with the same sums of rows and columns, of those that are at most as likely as this
    one. 1.0 where the sums leave no choice.
    """
    weights = _weights(a + b, c + d, a + c)
    mine = math.comb(a + b, a) * math.comb(c + d, c)
    return sum(weight for weight in weights if weight <= mine) / math.comb(a + b + c + d, a + c)


@functools.lru_cache(maxsize=256)
def smallest(a: int, b: int, c: int, d: int) -> float:
    """The smallest p value that a table with these sums can have: what the most one-sided outcome would give."""
    weights = list(_weights(a + b, c + d, a + c))
    least = min(weights[0], weights[-1])
    return sum(weight for weight in weights if weight <= least) / math.comb(a + b + c + d, a + c)


def _weights(first: int, second: int, column: int):
    """In how many ways each table with these sums comes about, by its upper left number, from the least on."""
    number = max(0, column - second)
    weight = math.comb(first, number) * math.comb(second, column - number)
    while weight:
        yield weight
        weight = weight * (first - number) * (column - number) // ((number + 1) * (second - column + number + 1))
        number += 1
