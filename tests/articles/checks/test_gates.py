"""The gates with their own examples, on what a reader sees, and on whole pages."""

import time
import tomllib
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

import articles.checks
from articles.checks import Block, Document, Reference, run_checks

from . import corpus

TODAY = date(2026, 11, 23)
RULES = tomllib.loads(Path(articles.checks.__file__).with_name("rules.toml").read_text(encoding="utf-8"))["findings"]
WITH_PATTERNS = {code: rule for code, rule in RULES.items() if "patterns" in rule or "patterns_of" in rule}
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


# Found, missed and false by gate: the rules were improved on this part until it was right.
PRACTICE = {"found": 122, "missed": 0, "false": 0}


def test_the_gates_are_right_about_the_corpus_that_they_were_improved_on():
    result = corpus.measure("practice")
    counts = {name: getattr(result, name).total() for name in ("found", "missed", "false")}

    assert (result.sentences, result.innocent) == (237, 122)
    assert counts == PRACTICE, f"\n{result.table()}"


# Least found, most false, by gate: as measured when the rules were done. They must never be improved on this part.
HELD_OUT = {
    "stop-alone": (7, 3),
    "harm-instructions": (5, 1),
    "raise-dose": (2, 0),
    "promise": (8, 2),
    "blame": (3, 0),
    "fda-approved": (6, 1),
    "off-label": (4, 0),
    "dose": (6, 1),
    "statistic": (11, 0),
    "efficacy": (8, 1),
    "quote": (6, 1),
    "unclosed-quote": (6, 0),
    "year": (4, 0),
    "stigma": (18, 4),
}


def test_the_gates_are_as_good_as_stated_on_sentences_they_were_not_written_against():
    result = corpus.measure("heldout")

    assert (result.sentences, result.innocent) == (254, 132)
    for gate, (found, false) in HELD_OUT.items():
        assert result.found[gate] >= found, f"{gate} finds less\n{result.table()}"
        assert result.false[gate] <= false, f"{gate} raises more false alarms\n{result.table()}"


UNITS = ["quit drinking ", "mix it with ", "crush the pill ", "“a ", "1 of "]


@pytest.mark.parametrize("unit", UNITS)
def test_the_time_of_a_check_grows_with_the_length_of_the_text(unit):
    def seconds(length):
        block = Block("text", f"<p>{unit * (length // len(unit))}</p>")
        start = time.process_time()
        findings(block)
        return time.process_time() - start

    assert seconds(16_000) < 16 * max(seconds(2_000), 0.02)  # eight times the text
