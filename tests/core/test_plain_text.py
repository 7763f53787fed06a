import pytest
from hypothesis import given
from hypothesis import strategies as st

from detoxsite.core.plain_text import as_seen, letters_of, seen_with_spans, tidy, typed_length


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("Baclofen\v and sleep", "Baclofen  and sleep"),
        ("guar\u00adanteed", "guaranteed"),
        ("10\u200bmg", "10mg"),
        ("a\u2060b\ufeffc\u200ed", "abcd"),
        ("\u202egnp.exe", "gnp.exe"),
        ("ﬁve ﬂuids", "five fluids"),
        ("Cafe\u0301", "Café"),
        ("one\ttwo\r\nthree", "one two three"),
        ("de\u200dtox", "detox"),
        ("👩\u200d⚕️ nurse", "👩\u200d⚕️ nurse"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        (
            "🏴\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f",
            "🏴\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f",
        ),
        ("a\U000e0067b", "ab"),
        ("x\ud800y\x00z", "xyz"),
    ],
)
def test_one_line_is_tidied(typed, stored):
    assert tidy(typed) == stored


def test_several_lines_keep_their_line_ends():
    assert tidy("one\r\ntwo\rthree\u2028four\vfive\tsix", multiline=True) == "one\ntwo\nthree\nfour\nfive six"


@pytest.mark.parametrize(
    ("stored", "seen"),
    [
        ("guar\u00adanteed", "guaranteed"),
        ("10\u200bmg", "10mg"),
        ("10\u00a0mg", "10 mg"),
        ("10\u202fmg", "10 mg"),
        ("5\u200b5\u200b5-0104477", "555-0104477"),
        ("１０ｍｇ", "10mg"),
        ("𝐜𝐮𝐫𝐞", "cure"),
        ("ﬁve", "five"),
        ("cu\u0301re", "cúre"),
        ("g\u0336u\u0336aranteed", "guaranteed"),
        ("guаranteed", "guaranteed"),  # noqa: RUF001 with a Cyrillic a
        ("налоксон", "налоксон"),  # noqa: RUF001
        ("10³ cells", "10³ cells"),
        ("½ tablet", "½ tablet"),
        ("Suboxone™", "Suboxone™"),
        ("wait… then", "wait… then"),
        ("pain‑free", "pain-free"),  # noqa: RUF001
        ("can\u02bct", "can’t"),
        ("one\r\ntwo", "one\ntwo"),
        ("100％", "100%"),  # noqa: RUF001
    ],
)
def test_text_is_compared_as_a_reader_sees_it(stored, seen):
    assert as_seen(stored) == seen


@pytest.mark.parametrize(
    "text",
    ["gu\u00adar\u200banteed", "Ｃúre", "cu\u0301re", "guаranteed", "10\u202fmg", "can\u02bct", "g\u0336o", "ﬁve…"],  # noqa: RUF001
)
def test_a_text_has_the_letters_of_what_a_reader_sees(text):
    assert "".join(map(letters_of, text)) == "".join(map(letters_of, as_seen(text)))
    assert letters_of("\u00ad") == letters_of("\u0301") == ""


@pytest.mark.parametrize(
    ("text", "word", "written"),
    [
        ("Call 5\u200b5\u200b5-0104477 now", "555-0104477", "5\u200b5\u200b5-0104477"),
        ("\ufeffTina\u200b came", "Tina", "Tina\u200b"),
        ("the oﬃce of Ana", "office", "oﬃce"),
        ("Zoe\u0308 came", "Zoë", "Zoe\u0308"),
        ("one\r\ntwo\u00a0three", "two three", "two\u00a0three"),
        ("Тina came", "Tina", "Тina"),  # noqa: RUF001
        ("한 \u1112\u1161\u11ab b", "한 b", "\u1112\u1161\u11ab b"),
        ("plain", "plain", "plain"),
    ],
)
def test_what_is_seen_is_found_in_the_text_as_written(text, word, written):
    seen, spans = seen_with_spans(text)

    start = seen.index(word)
    assert seen == as_seen(text)
    assert len(spans) == len(seen)
    assert text[spans[start][0] : spans[start + len(word) - 1][1]] == written


@given(st.text(alphabet="aе5 \r\n\v\u0301\u200b\u200d\ufe0f\u1112\u1161\u11abﬁ１👩é\ud83d\u0336", max_size=20))
def test_every_character_that_is_seen_has_its_place(text):
    seen, spans = seen_with_spans(text)

    assert seen == as_seen(text)
    assert len(spans) == len(seen)
    assert all(0 <= start < end <= len(text) for start, end in spans)
    assert spans == sorted(spans)


@pytest.mark.parametrize(("text", "length"), [("a\r\nb\nc\rd", 7), ("👍", 2), ("👩\u200d⚕️", 5), ("é", 1), ("", 0)])
def test_length_is_counted_as_browsers_count(text, length):
    assert typed_length(text) == length
