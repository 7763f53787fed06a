"""The rules of the table of redirects: whatever is added, moved or removed, every old address leads on in one step."""

import contextlib

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from detoxsite.core.exceptions import Refused
from detoxsite.core.redirects.addresses import clean_path, clean_target, path_of
from detoxsite.core.redirects.table import Goal, Table

GOING = st.sampled_from(["/a", "/b", "/c", "/d", "/e"])
STEPS = st.lists(
    st.tuples(st.just("redirect"), GOING, GOING)
    | st.tuples(st.just("move"), st.dictionaries(GOING, GOING, max_size=3)),
    max_size=12,
)


def shown(table: Table) -> dict[str, str]:
    return {path: goal.target for path, goal in table.goals.items()}


@given(STEPS)
def test_no_loop_and_no_chain_comes_about(steps):
    table = Table({})
    for name, *args in steps:
        if name == "move":
            if len({*args[0].values()}) == len(args[0]):  # two pages cannot have one address
                table.move({old: f"{new}/" for old, new in args[0].items()})
            continue
        with contextlib.suppress(Refused):
            table.redirect(args[0], Goal(f"{args[1]}/"))
    assert not {goal.path for goal in table.goals.values()} & {*table.goals}


def test_what_led_to_an_old_address_leads_to_the_new_one():
    table = Table({"/first": Goal("/second/#cost"), "/other": Goal("/elsewhere/")})

    table.redirect("/second", Goal("/third/"))

    assert shown(table) == {"/first": "/third/#cost", "/second": "/third/", "/other": "/elsewhere/"}
    assert table.changed().keys() == {"/first", "/second"}


def test_a_goal_that_redirects_itself_is_replaced_by_where_it_leads():
    table = Table({"/second": Goal("/third/")})

    assert table.redirect("/first", Goal("/second/")).target == "/third/"


@pytest.mark.parametrize(("path", "target"), [("/a", "/a/"), ("/a", "/a/?x=1#y"), ("/b", "/a/")])
def test_a_circle_is_refused(path, target):
    table = Table({"/a": Goal("/b/")})

    with pytest.raises(Refused):
        table.redirect(path, Goal(target))

    assert shown(table) == {"/a": "/b/"}


def test_a_whole_branch_moves_and_pages_change_places():
    table = Table({"/old": Goal("/a/"), "/b/deep": Goal("/x/"), "/to-b": Goal("/b/")})

    table.move({"/a": "/b/", "/a/deep": "/b/deep/", "/b": "/a/"})

    assert shown(table) == {"/old": "/b/", "/a/deep": "/b/deep/", "/to-b": "/a/"}
    assert set(table.removed()) == {"/b/deep"}


@pytest.mark.parametrize(
    ("typed", "path"),
    [
        ("/about-us", "/about-us"),
        ("/about-us//team/", "/about-us/team"),
        ("https://www.old.example/caf%C3%A9/index.html", "/café/index.html"),
        ("/cafe\u0301/", "/café"),
        (" /two words ", "/two words"),
        ("/search-tips", "/search-tips"),
    ],
)
def test_an_old_address_has_one_form(typed, path):
    assert clean_path(typed) == path


@pytest.mark.parametrize(
    "typed",
    [
        *(
            "",
            "/",
            "//",
            "about",
            "https://old.example",
            "/a?b=1",
            "/a#b",
            "/a%3Fb",
            "/a%00b",
            "/a%0ab",
            "/" + "a" * 300,
        ),
        *("/admin/", "/accounts/login", "/r/abc", "/search", "/help/own/x", "/static/x.css", "/healthz"),
    ],
)
def test_an_address_that_cannot_redirect_is_refused(typed):
    with pytest.raises(ValidationError):
        clean_path(typed)


@pytest.mark.parametrize(
    ("typed", "target"),
    [
        *(("/", "/"), ("/about/", "/about/"), ("/insurance/?a=b#cost", "/insurance/?a=b#cost")),
        *(("/caf%C3%A9/", "/café/"), ("http://127.0.0.1/about/", "/about/"), ("https://localhost", "/")),
    ],
)
def test_a_target_on_this_site(typed, target):
    assert clean_target(typed) == target


@pytest.mark.parametrize(
    "typed",
    [
        *(
            "",
            "about",
            "//evil.example/",
            "/\\evil.example",
            "/a//b",
            "/a/../b",
            "/./a",
            "/a b",
            "/a%2fb",
            "/a\nb",
            "\\/a",
        ),
        *("javascript:alert(1)", "https://elsewhere.example/", "ftp://a.example/", "/" + "a" * 500, "https://[/"),
    ],
)
def test_a_target_that_is_none_of_ours_is_refused(typed):
    with pytest.raises(ValidationError):
        clean_target(typed)


def test_another_site_only_by_https_and_if_said_so():
    assert clean_target("https://elsewhere.example/x", may_be_outside=True) == "https://elsewhere.example/x"
    for typed in (
        "http://elsewhere.example/",
        "https://us@elsewhere.example/",
        "https://elsewhere",
        "https:\\\\evil.org",
    ):
        with pytest.raises(ValidationError):
            clean_target(typed, may_be_outside=True)


@given(st.text())
def test_any_text_has_a_path_or_is_refused(text):
    path = path_of(f"/{text}")
    assert path == path_of(path)
    for clean in (clean_path, clean_target):
        try:
            cleaned = clean(text)
        except ValidationError:
            continue
        assert cleaned.startswith("/")
