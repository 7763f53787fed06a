"""Addresses of links: the real one is stored, or the editor is told."""

import pytest

from articles.rich_text import links, sanitizer


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("https://example.org/a?b=c#d", "https://example.org/a?b=c#d"),
        ("/alcohol/sleep/", "/alcohol/sleep/"),
        ("mailto:a@example.org", "mailto:a@example.org"),
        (" https://exam\nple.org/ ", "https://example.org/"),
        ("www.example.org/a", "https://www.example.org/a"),
        ("example.org", "https://example.org"),
        ("help@example.org", "mailto:help@example.org"),
        ("http://testserver/team/?a=b#c", "/team/?a=b#c"),
        ("https://TestServer", "/"),
        ("http://testserver//evil.example/", "/evil.example/"),
        ("https://testserver.evil.example/", "https://testserver.evil.example/"),
        ("https://l.facebook.com/l.php?u=http%3A%2F%2Ftestserver%2Fteam%2F&h=AT0", "/team/"),
        ("//evil.example/a", None),
        ("/\t/evil.example/a", None),
        ("\\\\evil.example", None),
        ("#_ftn1", None),
        ("#_Toc123", None),
        ("#heading=h.abc", None),
        ("#sources", "#sources"),
        ("../files/plan.docx", "../files/plan.docx"),
        ("https://[broken", "https://[broken"),
        (
            "https://nam10.safelinks.protection.outlook.com/?url=https%3A%2F%2Fwww.cdc.gov%2Foverdose%2F&data=05%7C02",
            "https://www.cdc.gov/overdose/",
        ),
        (
            "https://eur01.safelinks.protection.outlook.com/ap/w-59584e83/?url=https%3A%2F%2Fexample.org%2Fx%3Fy%3D1&d=2",
            "https://example.org/x?y=1",
        ),
        ("https://www.google.com/url?q=https://example.org/&sa=D&source=editors", "https://example.org/"),
        ("https://google.co.uk/url?sa=t&url=https%3A%2F%2Fexample.org%2F", "https://example.org/"),
        ("https://l.facebook.com/l.php?u=https%3A%2F%2Fexample.org%2F&h=AT0", "https://example.org/"),
        ("https://www.youtube.com/redirect?event=x&q=https%3A%2F%2Fexample.org", "https://example.org"),
        ("https://www.linkedin.com/safety/go?url=https%3A%2F%2Fexample.org", "https://example.org"),
        ("https://www.google.com/amp/s/example.org/a", "https://example.org/a"),
        ("https://urldefense.proofpoint.com/v2/url?u=https-3A__example.org_a-2Db&d=Dw&c=x", "https://example.org/a-b"),
        ("https://urldefense.com/v3/__https://example.org/a*b__;Iw!!Abc!x$", "https://example.org/a#b"),
        ("https://urldefense.com/v3/__https:/example.org/a__;!!Abc!x$", "https://example.org/a"),
        ("https://secure-web.cisco.com/1abc-_/https%3A%2F%2Fexample.org%2Fa", "https://example.org/a"),
        (
            "https://www.google.com/url?q=https://nam10.safelinks.protection.outlook.com/?url=https%253A%252F%252Fexample.org",
            "https://example.org",
        ),
        ("https://www.google.com/url?q=javascript:x()", "https://www.google.com/url?q=javascript:x()"),
        ("https://www.google.com/search?q=https://example.org", "https://www.google.com/search?q=https://example.org"),
        ("https://example.org/url?q=https://evil.example", "https://example.org/url?q=https://evil.example"),
    ],
)
def test_an_address_is_stored_without_what_stands_before_it(typed, stored):
    assert links.tidy(typed) == stored
    assert stored is None or links.tidy(stored) == stored


def test_a_stored_link_leads_to_the_real_address_and_a_footnote_to_its_number():
    assert (
        sanitizer.clean(
            '<p><a href="https://google.com/url?q=https%3A%2F%2Fexample.org%2F%3Fa%3D1%26b%3D2">x</a> '
            '<a href="#_ftn2"><sup>[2]</sup></a> <a href="#_edn3">[iii]</a> <sup><a href="#ftnt4">4</a></sup></p>'
        )
        == '<p><a href="https://example.org/?a=1&amp;b=2">x</a> [2] [3] <sup>[4]</sup></p>'
    )


@pytest.mark.parametrize(
    ("address", "is_wrapped"),
    [
        ("https://bit.ly/3abc", True),
        ("https://us2.list-manage.com/track/click?u=1", True),
        ("https://protect-us.mimecast.com/s/abc", True),
        ("https://urldefense.com/v3/broken", True),
        ("https://example.org/bit.ly/", False),
        ("https://bit.ly.example.org/", False),
        ("https://rabbit.ly/", False),
    ],
)
def test_shorteners_and_trackers_are_known(address, is_wrapped):
    assert links.is_wrapped(address) is is_wrapped
