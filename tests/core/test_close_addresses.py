"""Addresses that no page has, and the pages that are close to them."""

import pytest

from detoxsite.core.close_addresses import MAX_FOUND, CloseAddresses, ClosePage

PAGES = {
    "/about/": "About us",
    "/insurance/": "Insurance and cost",
    "/levels-of-care/": "Which kind of care fits",
    "/what-to-bring/": "What to bring",
    "/for-professionals/": "For professionals",
    "/articles/baclofen-for-alcohol/": "Baclofen for alcohol use disorder",
    "/articles/paying-for-detox/": "Paying for detox",
    "/people/maya-ortiz/": "Maya Ortiz",
    "/articles/entzug-zu-hause/": "Entzug zu Hause",
}
KNOWN = CloseAddresses(ClosePage(url, title) for url, title in PAGES.items())


def found(path):
    return [page.url for page in KNOWN.find(path)]


@pytest.mark.parametrize(
    ("path", "url"),
    [
        ("/abuot/", "/about/"),  # two letters swapped
        ("/insurence", "/insurance/"),  # one changed
        ("/nsurance/", "/insurance/"),  # the first missing
        ("/insurance-plans/", "/insurance/"),
        ("/Insurance.html", "/insurance/"),
        ("/care-levels/", "/levels-of-care/"),  # in another order
        ("/levelsofcare", "/levels-of-care/"),
        ("/WhatToBring.aspx", "/what-to-bring/"),
        ("/about-us/index.php", "/about/"),
        ("/baclofen-alcohol/", "/articles/baclofen-for-alcohol/"),
        ("/blog/2019/baclofn-for-alcohl/", "/articles/baclofen-for-alcohol/"),
        ("/people/maya-ortis/", "/people/maya-ortiz/"),
        ("/people/ortiz-maya/", "/people/maya-ortiz/"),
        ("/staff/maya-ortiz", "/people/maya-ortiz/"),
        ("/cost/insurance/xyzzy", "/insurance/"),  # by all parts, where the last says nothing
    ],
)
def test_a_close_page_is_found_first(path, url):
    assert found(path)[:1] == [url]


@pytest.mark.parametrize(
    "path", ["", "/", "/xyzzy/", "/2024/", "/the/", "/of/and/to/", "/wp-login.php", "/a/b/c/", "/cat/"]
)
def test_nothing_close_is_nothing(path):
    assert found(path) == []


@pytest.mark.parametrize(
    "path",
    [
        "/" + "a" * 100_000,
        "/" + "about-" * 50_000,
        "/\ufffd\ufffd\0\x1b",
        "/" + "💊" * 500,
        "/%%%",
        "//////",
        "/<script>/\"'",
    ]
    + ["/" + "\u0301" * 9_000, "/" + "ﷺ" * 300],
)
def test_hostile_addresses_are_looked_at_up_to_a_length(path):
    assert len(found(path)) <= MAX_FOUND


def test_few_are_found_however_many_are_close():
    many = CloseAddresses(ClosePage(f"/detox-{number}/", "Detox") for number in range(500))
    assert [page.url for page in many.find("/detox/")] == ["/detox-0/", "/detox-1/", "/detox-2/"]
