"""The gates with their own examples, on what a reader sees, and on whole pages."""

import time
import tomllib
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

import articles.checks
from articles.checks import Block, Document, Reference, run_checks
from articles.checks.rules import _rule
from detoxsite.core.rule_table import RuleTableError

from . import corpus

TODAY = date(2026, 11, 23)
RULES = tomllib.loads(Path(articles.checks.__file__).with_name("rules.toml").read_text(encoding="utf-8"))["findings"]
WITH_PATTERNS = {code: rule for code, rule in RULES.items() if {"patterns", "patterns_of", "wordings"} & rule.keys()}
PLAIN = Document("A page", "About a thing.", "withdrawal", sources=(Reference(1, "Words", 2025),))


def findings(*blocks, document=PLAIN):
    page = replace(document, blocks=(*blocks, Block("text", "<p>911 988 [1]</p>")))
    return run_checks(page, today=TODAY)


def in_text(text):
    return [finding.code for finding in findings(Block("text", f"<p>{text}</p>"))]


@pytest.mark.parametrize("code", WITH_PATTERNS)
def test_each_gate_stops_its_examples_and_lets_its_counterexamples_pass(code):
    rule = WITH_PATTERNS[code]

    assert all(rule[key] for key in ("source", "examples", "counterexamples"))
    assert [text for text in rule["examples"] if code not in in_text(text)] == []
    assert [text for text in rule["counterexamples"] if code in in_text(text)] == []


HIDDEN = {
    "soft hyphen": "guar\xadanteed",
    "zero-width space": "guar\u200banteed",
    "word joiner": "guar\u2060anteed",
    "entity": "guar&shy;anteed",
    "number of an entity": "guar&#8203;anteed",
    "empty tag": "guar<em></em>anteed",
    "half in bold": "<strong>gua</strong>ranteed",
    "Cyrillic a": "gu\u0430ranteed",
    "full width": "ｇｕａｒａｎｔｅｅｄ",  # noqa: RUF001
}


@pytest.mark.parametrize("word", HIDDEN.values(), ids=HIDDEN)
def test_a_word_is_judged_as_a_reader_sees_it(word):
    assert in_text(f"Recovery is {word} here.") == ["promise"]


@pytest.mark.parametrize(
    "block", [Block("facts", "a | gu\u200barantee"), Block("figure", "gu\u200barantee", alt="A bed")]
)
def test_so_are_facts_and_captions(block):
    assert [finding.code for finding in findings(block)] == ["promise"]


def test_so_are_titles_text_alternatives_and_doses():
    page = replace(PLAIN, title="We cu\xadre", summary="A \ufb01xed gu\u0430rantee")

    assert [(f.code, f.place) for f in findings(Block("figure", alt="A c\u200bure"), document=page)] == [
        *[("promise", "title"), ("promise", "summary"), ("promise", 0)],
    ]
    assert in_text("The label says 10\u200bmg.[1]") == ["dose-prescribed"]
    assert [f.code for f in findings(Block("figure", alt="\u200b\xad"))] == ["alt-missing"]


def test_a_finding_quotes_what_was_typed():
    [finding] = findings(Block("text", "<p>First. Recovery is guar\xadanteed  for all. Last.</p>"))

    assert finding.match == "guar\xadanteed"
    assert finding.excerpt == finding.context.strip() == "Recovery is guar\xadanteed for all."


def test_what_to_do_in_a_sentence_is_said_once():
    assert in_text("Studies show that 20% of people had a half-life of 3 hours.") == ["half-life"]
    assert in_text("You can stop baclofen at home.") == ["stop-alone"]
    assert in_text("Addicts and other addicts.") == ["stigma"]


LONG = " ".join(["word"] * 20)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"“{LONG}”", ["quotation"]),
        (f"“{LONG}” said Ana Ruiz.", ["quotation"]),
        (f"“{LONG}” said a nurse.[1]", ["quotation"]),
        (f"“{LONG}” said Ana Ruiz.[1]", []),
        (f'Ana Ruiz, RN, says: "{LONG}" [1]', []),
        ("“A short one,” he said.", []),
        (f"<blockquote><p>{LONG}</p></blockquote>", ["quotation"]),
        (f"<blockquote><p>{LONG}</p></blockquote><p>— Ana Ruiz [1]</p>", []),
        ("He said “yes.", ["quotation-unclosed"]),
        ("He said yes”.", ["quotation-unclosed"]),
        ('He said "yes.', ["quotation-unclosed"]),
        ('The door is 36" wide.', []),
        ("“One.</p><p>“Two.”", []),
    ],
)
def test_quotations_are_closed_and_long_ones_have_a_speaker_and_a_source(text, expected):
    assert in_text(text) == expected


def test_a_pull_quote_is_quoted_with_its_attribution():
    assert [f.code for f in findings(Block("pull", LONG, attribution="Ana Ruiz, RN"))] == []
    assert [f.code for f in findings(Block("pull", LONG))] == ["quotation"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A study from 2204 found it.[1]", ["impossible-year"]),
        ("In March 20225 it was reviewed.", ["impossible-year"]),
        ("The study of 2028 found it.[1]", ["impossible-year"]),
        ("Doctors in 1204 gave methadone.", ["impossible-year"]),
        ("It is due again in 2028.", []),
        ("It was founded in 1935.", []),
        ("There were 2204 people at the fair.", []),
        ("Find us at 2150 Canal Road.", []),
    ],
)
def test_a_year_can_be_right(text, expected):
    assert in_text(text) == expected


def test_a_source_is_neither_of_the_future_nor_too_old():
    sources = tuple(Reference(number, "Words", year) for number, year in enumerate([2026, 2027, 1799, None], 1))
    page = replace(PLAIN, blocks=(Block("text", "<p>[1] [2] [3] [4]</p>"),), sources=sources)

    wrong = [f for f in run_checks(page, today=TODAY) if f.code == "impossible-year"]

    assert [(f.place, f.match) for f in wrong] == [("sources", "2027"), ("sources", "1799")]


def test_a_page_of_more_than_a_few_lines_has_sources():
    page = replace(PLAIN, sources=())

    def codes(words):
        return [f.code for f in run_checks(replace(page, blocks=(Block("text", "a. " * words),)), today=TODAY)]

    assert (codes(49), codes(50)) == ([], ["no-sources"])


def test_a_use_that_the_page_calls_off_label_may_be_named():
    text = Block("text", "<p>Baclofen helps people to stop drinking.</p>")
    said = Block("facts", "Alcohol use disorder | Not an approved use of baclofen: off-label")
    other = Block("facts", "Anxiety | Not an approved use of baclofen: off-label")

    assert [f.code for f in findings(text)] == ["off-label"]
    assert [f.code for f in findings(text, said)] == []
    assert [f.code for f in findings(text, other)] == ["off-label"]


# Sentences, innocent ones, and by gate the least found and the most false alarms: as measured when the rules were done.
# The rules were written with "practice" in view. They must never be improved on sentences of "heldout".
MEASURED = {
    "practice": {
        "sentences": (782, 402),
        "stop-alone": (43, 1),
        "harm-instructions": (37, 1),
        "raise-dose": (28, 0),
        "promise": (35, 1),
        "blame": (27, 1),
        "fda-approved": (18, 1),
        "off-label": (22, 0),
        "dose": (19, 0),
        "statistic": (37, 0),
        "efficacy": (23, 1),
        "quote": (17, 1),
        "unclosed-quote": (17, 0),
        "year": (14, 0),
        "stigma": (50, 10),
    },
    "heldout": {
        "sentences": (315, 159),
        "stop-alone": (10, 1),
        "harm-instructions": (11, 1),
        "raise-dose": (9, 3),
        "promise": (7, 3),
        "blame": (6, 1),
        "fda-approved": (4, 0),
        "off-label": (9, 0),
        "dose": (8, 1),
        "statistic": (13, 0),
        "efficacy": (9, 1),
        "quote": (5, 0),
        "unclosed-quote": (6, 0),
        "year": (5, 0),
        "stigma": (19, 2),
    },
}


@pytest.mark.parametrize("part", corpus.PARTS)
def test_the_gates_are_as_good_as_stated(part):
    result, expected = corpus.measure(part), dict(MEASURED[part])

    assert (result.sentences, result.innocent) == expected.pop("sentences")
    for gate, (found, false) in expected.items():
        assert result.found[gate] >= found, f"{gate} finds less\n{result.table()}"
        assert result.false[gate] <= false, f"{gate} raises more false alarms\n{result.table()}"


DANGERS = {
    "stop-alone": "stop baclofen at home",
    "harm-instructions": "crush the tablets to feel them sooner",
    "raise-dose": "take another baclofen tablet",
}


@pytest.mark.parametrize(("code", "act"), DANGERS.items())
def test_the_gates_of_danger_know_the_same_exceptions(code, act):
    assert code in in_text(f"You can {act}.")
    assert code in in_text(f"Can you {act}? Sure, plenty of people do.")
    assert code in in_text(f"Nothing bad happens if you {act}.")
    for sentence in (
        f"Never {act}.",
        f"Call us instead of trying to {act}.",
        f"Can you {act}? No.",
        f"If you {act}, you can die.",
        f"Some people {act}. That can kill.",
        f"Myth: you can {act}.",
    ):
        assert code not in in_text(sentence), sentence


def test_what_is_advised_against_does_not_make_the_rest_a_danger():
    assert in_text("A baby can have withdrawal after birth from baclofen, so do not stop alone.") == []
    assert in_text("You can take baclofen at home, but never stop it suddenly.") == []


def test_the_words_of_a_wording_are_shown_together():
    [finding] = findings(Block("text", "<p>At home, in bed, you can stop baclofen.</p>"))

    assert finding.code == "stop-alone"
    assert finding.match == "At home, in bed, you can stop"


def test_a_missing_source_is_reported_once_a_page():
    results = findings(Block("text", "<p>One.[3] Two.[3]</p>"), Block("text", "<p>Three.[3] Four.[4]</p>"))

    assert [(f.code, f.place, f.excerpt) for f in results] == [
        ("dangling-reference", 0, "One.[3]"),
        ("dangling-reference", 1, "Four.[4]"),
    ]


def test_a_class_of_words_that_does_not_exist_stops_the_start(monkeypatch):
    monkeypatch.setattr("articles.checks.rules.WORDS", {})

    with pytest.raises(RuleTableError, match="rules.toml, findings.stop-alone.wordings: no such words: home, stop"):
        _rule("stop-alone")


UNITS = [
    "quit drinking ",
    "do not stop at home ",
    "take one more if it hurts ",
    "mix it with ",
    "crush the pill ",
    "“a ",
    "1 of ",
]


@pytest.mark.parametrize("unit", UNITS)
def test_the_time_of_a_check_grows_with_the_length_of_the_text(unit):
    def seconds(length):
        block = Block("text", f"<p>{unit * (length // len(unit))}</p>")
        start = time.process_time()
        findings(block)
        return time.process_time() - start

    tries = (seconds(16_000) < 16 * max(seconds(2_000), 0.02) for _ in range(3))  # eight times the text
    assert any(tries), "garbage collection may fall into one of them, not into each"
