"""Each editorial check: the text it stops and the text it allows. A false alarm costs as much trust as a miss."""

import tomllib
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from articles.checks import (
    Block,
    Document,
    Finding,
    Level,
    Readability,
    Reference,
    measure_readability,
    run_checks,
)

TODAY = date(2026, 11, 23)
SAMPLE = Path(__file__).resolve().parents[3] / "detoxsite" / "sample" / "content"
DANGER = Block(
    "callout",
    "<p>Overdose: not waking up, slow breathing or blue lips. Withdrawal: a seizure, shaking or confusion. Call 911. "
    "Suicide: call 988.</p>",
    "Danger",
    "danger",
)
PLAIN = Document("A page", "About a thing.", "withdrawal")
RED = {
    *("alt-missing", "crisis-line", "danger-box", "dangling-reference", "dead-link", "dose-prescribed", "dose-source"),
    *("fda-approved", "half-life", "harm-instructions", "impossible-year", "link-empty", "off-label", "promise"),
    *("raise-dose", "statistic", "stop-alone", "stop-warning"),
    *("link-incomplete", "link-withdrawn"),
}
AMBER = {
    *("alt-poor", "blame", "duration", "efficacy", "heading-empty", "heading-order", "link-insecure", "link-text"),
    *("old-sources", "quotation", "quotation-unclosed", "reading-grade", "review-overdue", "unused-source"),
    *("link-fragment", "link-moved", "link-unpublished", "link-wrapped"),
}


def found(document, **more):
    return [(finding.code, finding.place) for finding in run_checks(document, today=TODAY, **more)]


def codes(*blocks, document=PLAIN, **more):
    """The codes for these blocks alone, on a page that says 911 and 988; sources 1 and 2 are there and used."""
    lines = Block("text", "<p>Call 911 or 988.[1] [2]</p>")
    sources = (Reference(1, "Words about drug abuse", 2025), Reference(2, "More words", 2025))
    page = replace(document, blocks=(*blocks, lines), sources=sources)
    return [code for code, _ in found(page, **more)]


def in_text(text):
    return codes(Block("text", f"<p>{text}</p>"))


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("He was called an addict.", ["addict"]),
        ("Two DRUG ADDICTS came.", ["DRUG ADDICTS"]),
        ("Medication assisted treatment and medication‑assisted treatment.", ["Medication assisted treatment"]),
        ("Homeless people and addicted babies.", ["Homeless people", "addicted babies"]),
        ("The drunk fell. Old drunks sing.", ["drunk", "drunks"]),
        ("I want to get clean. He got clean in May.", ["get clean", "got clean"]),
        ("A relapse is common.", ["relapse"]),
        ("He had a slip in March.", ["slip"]),
        ("She committed suicide.", ["committed suicide"]),
        ("It hurts drug users’ health.", ["drug users"]),
        ("“Junkie” is a word others use.", []),
        ('My father said "I am an alcoholic" at meetings.', []),
        ("Alcoholics Anonymous and Narcotics Anonymous meet here.", []),
        ("Ask the Substance Abuse and Mental Health Services Administration.", []),
        ("The National Institute on Drug Abuse and the National Institute on Alcohol Abuse and Alcoholism.", []),
        ("The Drug Abuse Prevention and Control Act says so.", []),
        ("Read Words about drug abuse.[1]", []),
        ("Get clean water and stay clean: wash your hands.", []),
        ("How much have you drunk? Never ride with a drunk driver.", []),
        ("An alcoholic drink or a non-alcoholic beer.", []),
        ("Do not slip on the wet floor. Wear slippers. Slip your card into the slot.", []),
        ("A nicotine replacement therapy such as gum.", []),
        ("A transient rash. The vice president. A car dealer.", []),
        ("You may feel hopeless.", []),
        ("It has nothing to do with willpower.", []),
        ("Insurance coverage may lapse.", []),
        ("Detox helps. Addiction is an illness. Users of this site.", []),
    ],
)
def test_stigmatizing_terms_are_found_in_our_own_text(text, terms):
    document = replace(
        PLAIN,
        blocks=(Block("text", f"<p>{text}</p><p>911 988 [1]</p>"),),
        sources=(Reference(1, "Words about drug abuse", 2025),),
    )

    results = run_checks(document, today=TODAY)

    assert [finding.message.partition("”")[0].strip("“") for finding in results] == terms
    assert {finding.code for finding in results} <= {"stigma"}


def test_slurs_are_red_and_other_terms_amber_with_a_suggestion():
    document = replace(PLAIN, title="Help for junkies", summary="For an addict.")

    assert run_checks(document, today=TODAY) == [
        Finding(
            *("stigma", Level.RED, "title", "Help for junkies"),
            message="“junkies”: Slur that ranks the person below others.",
            suggestion="Write: person with a substance use disorder, or person in active use.",
        ),
        Finding(
            *("stigma", Level.AMBER, "summary", "For an addict."),
            message="“addict”: Names the person by the illness.",
            suggestion="Write: person with a substance use disorder, or person with addiction.",
        ),
    ]


def test_terms_in_quotations_are_allowed():
    assert codes(Block("text", "<blockquote><p>I was a junkie.</p></blockquote>"), Block("pull", "A drunk, me.")) == []


@pytest.mark.parametrize(
    "text",
    [
        "We cure addiction.",
        "Recovery is guaranteed.",
        "A painless detox awaits you.",
        "We have a 95 success rate.",
        "It is 100% safe.",
        "We give the best detox in the state.",
        "Texas's best treatment center.",
        "The #1 detox in town.",
        "The number one rehab.",
        "Find permanent recovery.",
        "Be free of it permanently.",
        "Instant relief is here.",
        "It works instantly.",
        "There will be no withdrawal.",
        "Do not wait, we guarantee the right care.",
        "We have the best treatment for addiction.",
    ],
)
def test_a_promise_is_stopped(text):
    assert set(in_text(text)) == {"promise"} | ({"statistic"} if "%" in text else set())


@pytest.mark.parametrize(
    "text",
    [
        "There is no cure.",
        "This is not a guarantee.",
        "Nothing is guaranteed.",
        "A cure does not exist.",
        "Be wary of anyone who promises a cure.",
        "We don't guarantee a result.",
        "Hepatitis C can be cured.",
        "Federal law guarantees equal treatment.",
        "Alcohol can do permanent damage.",
        "Which is the best treatment? It depends.",
        "Try your best.",
        "The best care for you may be at a clinic.",
        "Instant coffee is fine.",
        "No withdrawal care is complete without a plan.",
        "It is the number one cause of worry.",
        "A secure door and a manicure. A cure-all does not exist.",
        "No withdrawal is the same as another.",
        "“Guaranteed success” is a phrase to be careful with.",
    ],
)
def test_text_that_promises_nothing_passes(text):
    assert in_text(text) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Buprenorphine is FDA-approved for opioid use disorder.", []),
        ("Vivitrol is FDA-approved for alcohol use disorder.", []),
        ("Lofexidine is approved by the FDA for opioid withdrawal.", []),
        ("The FDA approved nalmefene for opioid overdose.", []),
        ("Varenicline is FDA-approved to stop smoking.", []),
        ("FDA-approved medicines for opioid use disorder are given here.", []),
        ("Baclofen is not FDA-approved for alcohol use disorder.", []),
        ("No medicine is FDA-approved for cocaine addiction.", []),
        ("Gabapentin for alcohol use disorder is off-label, not FDA approved.", []),
        ("The FDA has approved naloxone for sale in stores.", []),
        ("Baclofen is FDA-approved for alcohol use disorder.", ["fda-approved"]),
        ("Buprenorphine is FDA-approved for opioid use disorder and alcohol use disorder.", ["fda-approved"]),
        ("Ketamine is FDA-approved.", ["fda-approved"]),
        ("Our FDA-approved detox begins today.", ["fda-approved"]),
        ("Topiramate is approved by the FDA for alcohol use disorder.", ["fda-approved"]),
    ],
)
def test_a_use_may_be_called_approved_only_if_it_is_in_the_table(text, expected):
    assert in_text(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The label starts at 5 mg a day.", ["dose-source", "dose-prescribed"]),
        ("The label starts at 5 mg a day.[1]", ["dose-prescribed"]),
        ("The label starts at 5 mg a day. Take it as prescribed.", ["dose-source"]),
        ("The label says 1,800 mg a day.[1] Take it the way it was prescribed.", []),
        ("The label says 50 micrograms [1]. Your prescriber sets your dose.", []),
        ("The label says 5–10 mL. [2] Ask your prescriber.", []),
        ("Take two tablets.", ["dose-source", "dose-prescribed"]),
        ("One pill a day.", ["dose-source", "dose-prescribed"]),
        ("Use 10 units of insulin.[1] It is used as prescribed.", []),
        ("A beer of 12 ounces, wine of 5 ounces, a shot of 1.5 ounces.", []),
        ("A drink has 14 grams of pure alcohol, or 150 mL of wine.", []),
        ("The level was 80 mg/dL, or 80 mg per deciliter.", []),
        ("Ask for the 4 mg nasal spray.", []),
        ("Give one 4 mg nasal spray.", ["dose-source", "dose-prescribed"]),
        ("Two pills from one bag can differ.", []),
        ("Take 3 deep breaths.", []),
    ],
)
def test_a_dose_has_a_source_and_a_prescriber(text, expected):
    assert in_text(text) == expected


def test_a_dose_in_key_facts_needs_both_as_well():
    facts = Block("facts", "Dose | 5 mg a day [1]\nWho decides | Your prescriber\nMost | 80 mg a day", "Key facts")

    assert codes(facts) == ["dose-source"]


ALONE, UNWARNED = "stop-alone", "stop-warning"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("You can stop alcohol at home.", ALONE),
        ("Quit drinking all at once.", ALONE),
        ("Here is how to detox from heroin on your own.", ALONE),
        ("First, taper your Xanax by yourself.", ALONE),
        ("Just stop the gabapentin.", ALONE),
        ("You do not need a doctor to stop baclofen.", ALONE),
        ("There is no danger in stopping baclofen suddenly.", ALONE),
        ("Some say it is risky, but you can stop baclofen at home.", ALONE),
        ("Stop taking baclofen tonight.", UNWARNED),
        ("Please stop your phenobarbital.", UNWARNED),
        ("You should quit drinking.", UNWARNED),
        ("Here is how to taper baclofen.", UNWARNED),
        ("Do not stop alcohol suddenly.", None),
        ("Never stop baclofen at home.", None),
        ("Stopping alcohol suddenly can be dangerous.", None),
        ("Detoxing from alcohol at home can kill.", None),
        ("Some people quit drinking at home. That can kill.", None),
        ("Can you taper Valium at home?", None),
        ("You can stop drinking with our help.", None),
        ("Taper your Xanax with your prescriber.", None),
        ("You can taper Xanax at home with a nurse who visits every day.", None),
        ("Many people want to stop drinking.", None),
        ("Stop the car and call.", None),
        ("Do not stop early to get ready.", None),
        ("The best way to detox your body is to sleep.", None),
    ],
)
@pytest.mark.parametrize("box", [None, "<p>Call 911.</p>", DANGER.body], ids=["no box", "bare box", "proper box"])
def test_stopping_alone_is_never_advised_and_stopping_at_all_only_beside_a_warning(text, code, box):
    boxes = [replace(DANGER, body=box)] if box else []
    of_box = ["danger-box"] if box == "<p>Call 911.</p>" else []
    expected = [code] if code == ALONE or (code and box != DANGER.body) else []

    assert codes(*boxes, Block("text", f"<p>{text}</p>")) == [*of_box, *expected]


def test_advice_to_stop_on_a_page_about_it_need_not_name_it():
    page = replace(PLAIN, topic="alcohol")

    assert codes(DANGER, Block("text", "<p>Just stop at home.</p>"), document=page) == ["stop-alone"]


@pytest.mark.parametrize(
    ("body", "missing"),
    [
        ("Call 911.", "the signs"),
        ("Slow breathing or blue lips.", "what to do"),
        ("Be careful.", "the signs or what to do"),
        ("Slow breathing: call Poison Control at 1-800-222-1222.", None),
        ("Shaking or a seizure? Call your prescriber first.", None),
        ("Thoughts of suicide? Call 988.", None),
    ],
)
def test_a_danger_box_names_signs_and_what_to_do(body, missing):
    box = replace(DANGER, title="Danger", body=f"<p>{body}</p>")

    messages = [f.message for f in run_checks(replace(PLAIN, blocks=(box,)), today=TODAY) if f.code == "danger-box"]

    assert messages == ([f"This danger box does not name {missing}."] if missing else [])


@pytest.mark.parametrize(
    "text",
    [
        "About 20% of people have it.",
        "It is 20 percent higher.",
        "1 in 5 adults.",
        "One in five adults.",
        "12 out of 44.",
        "64 of 100 families came.",
        "About half of people feel it.",
        "Two-thirds of adults agree.",
        "They are 3 times as likely to fall.",
        "It is twice the risk.",
        "About 1,500 people died.",
        "There were 107,000 overdose deaths.",
    ],
)
def test_a_statistic_has_a_source(text):
    stem = text.removesuffix(".")
    assert in_text(text) == ["statistic"]
    assert in_text(f"{text}[1] Next.") == []
    assert in_text(f"{text} [1] [2] Next.") == []
    assert in_text(f"{stem} [1]. Next.") == []
    assert in_text(f"{text} Next.[1]") == ["statistic"]


@pytest.mark.parametrize(
    "text",
    [
        "Call within 2 to 3 minutes.",
        "Take half of your things.",
        "Step 2 of 5. Page 1 in 3.",
        "Hand gel with 60% alcohol.",
        "Above a blood alcohol level of 0.08% you may not drive.",
        "Your share may be 20% coinsurance.",
        "One in the morning, one in two hours.",
        "Some people feel better in 5 days.",
        "Call 911 at 3 p.m. on May 5, 2026.",
        "A bill of $400 or more.",
    ],
)
def test_numbers_that_are_no_statistics_pass(text):
    assert in_text(text) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Naloxone works well.", ["efficacy"]),
        ("It is effective for many.", ["efficacy"]),
        ("It reduces the risk.", ["efficacy"]),
        ("Studies show that it helps.", ["efficacy"]),
        ("Studies show that it helps.[1]", []),
        ("A proven way.", ["efficacy"]),
        ("Ask which center it works for.", []),
        ("The change is effective January 1.", []),
        ("Ask how effective it is.", []),
        ("It is not proven.", []),
        ("We look at how it works.", []),
    ],
)
def test_a_claim_that_something_helps_has_a_source(text, expected):
    assert in_text(text) == expected


def test_rows_and_lists_share_a_source():
    table = "<table><tbody><tr><th>Died</th><td>12 of 44 people</td><td>4 of 46[1]</td></tr></tbody></table>"
    led = "<p>The study found:[1]</p><ul><li>20% slept</li><li><p>30% did not</p></li></ul>"
    unled = "<p>It is so:</p><ul><li>20% slept</li></ul>"

    assert codes(Block("text", table), Block("text", led)) == []
    assert codes(Block("text", unled)) == ["statistic"]


def test_every_reference_has_a_source_and_every_source_is_cited():
    text = Block("text", "<p>One.[3] Two.[3] Three.[1]</p>")
    page = replace(PLAIN, blocks=(text,), sources=(Reference(1, "Used", 2026), Reference(2, "Not used", 2021)))

    assert [(f.code, f.place, f.excerpt) for f in run_checks(page, today=TODAY)] == [
        ("dangling-reference", 0, "One.[3]"),
        ("unused-source", "sources", "[2] Not used"),
    ]


def test_old_sources_are_reported_once_with_their_numbers():
    text = Block("text", "<p>One.[1] Two.[2] Three.[3] Four.[4]</p>")
    years = enumerate([2020, 2021, None, 1999], 1)
    page = replace(PLAIN, blocks=(text,), sources=tuple(Reference(n, f"Source {n}", year) for n, year in years))

    [old] = run_checks(page, today=TODAY)

    assert (old.code, old.level, old.place, old.excerpt) == (
        *("old-sources", Level.AMBER, "sources"),
        "[1] 2020, [4] 1999",
    )


@pytest.mark.parametrize(
    ("title", "topic", "block", "expected"),
    [
        ("Any", "opioids", None, ["overdose-block"]),
        ("Xanax and sleep", "medicines", None, ["overdose-block"]),
        ("Baclofen", "medicines", None, ["overdose-block"]),
        ("Gabapentin", "medicines", None, []),
        ("Naloxone", "medicines", None, []),
        ("Any", "opioids", DANGER, []),
        ("Any", "opioids", replace(DANGER, tone="note"), []),
        ("Any", "opioids", replace(DANGER, body="<p>Call 911.</p>"), ["danger-box"]),
        ("Any", "opioids", replace(DANGER, body="<p>Shaking or fever: call 911.</p>"), ["overdose-block"]),
        ("Any", "alcohol", Block("text", "<h2>An overdose</h2><p>Cannot wake, slow breathing: call 911.</p>"), []),
        ("Any", "alcohol", Block("text", "<h2>An overdose</h2><p>Call 911.</p>"), ["overdose-block"]),
        ("Any", "alcohol", Block("text", "<p>An overdose: call 911.</p>"), ["overdose-block"]),
        ("Any", "alcohol", Block("callout", "<p>Rest.</p>", "Rest", "note"), ["overdose-block"]),
    ],
)
def test_pages_on_deadly_risks_say_what_to_do(title, topic, block, expected):
    document = Document(title, "About it.", topic)

    assert codes(*[block] if block else [], document=document) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Thoughts of suicide.", ["crisis-line"]),
        ("Suicidal thoughts and an overdose.", ["crisis-line", "crisis-line"]),
        ("Thoughts of suicide? Call 988.", []),
        ("An overdose: call 911.", []),
        ("An overdose: call 91123.", ["crisis-line"]),
        ("Rest and sleep.", []),
    ],
)
def test_a_page_that_mentions_a_danger_gives_the_crisis_line(text, expected):
    assert found(replace(PLAIN, blocks=(Block("pull", text),))) == [(code, "page") for code in expected]


@pytest.mark.parametrize(
    ("alt", "expected"),
    [
        ("", ["alt-missing"]),
        ("   ", ["alt-missing"]),
        ("Image of a boat", ["alt-poor"]),
        ("A photo showing two chairs", ["alt-poor"]),
        ("harbor.png", ["alt-poor"]),
        ("IMG_2041", ["alt-poor"]),
        ("Two chairs by a window.", []),
        ("A woman takes a picture of the sea.", []),
    ],
)
def test_a_picture_is_described(alt, expected):
    assert codes(Block("figure", "A caption.", alt=alt)) == expected


@pytest.mark.parametrize(
    ("bodies", "expected"),
    [
        (["<h2>One</h2><h3>Two</h3>"], []),
        (["<h2>One</h2>", "<h3>Two</h3>"], []),
        (["<h3>Two</h3><h2>One</h2>"], ["heading-order"]),
        (["<p>x</p>", "<h3>Two</h3>"], ["heading-order"]),
        (["<h2> <br> </h2>"], ["heading-empty"]),
    ],
)
def test_headings_are_in_order_and_not_empty(bodies, expected):
    assert codes(*[Block("text", body) for body in bodies]) == expected


@pytest.mark.parametrize(
    ("link", "expected"),
    [
        ('<a href="/articles/x/">how to pack</a>', []),
        ('<a href="/gone/#part">how to pack</a>', ["dead-link"]),
        ('<a href="/draft/?a=b">how to pack</a>', ["link-unpublished"]),
        ('<a href="/articles/x/">Click here</a>', ["link-text"]),
        ('<a href="/articles/x/">read <em>more</em>.</a>', ["link-text"]),
        ('<a href="https://a.example/">https://a.example/</a>', ["link-text"]),
        ('<a href="/articles/x/"> </a>', ["link-empty"]),
        ("<a>how to pack</a>", ["link-empty"]),
        ('<a href="http://a.example/">the guide</a>', ["link-insecure"]),
        ('<a href="../guide.html">the guide</a>', ["link-incomplete"]),
        ('<a href="#signs">the signs</a>', ["link-fragment"]),
        ('<a href="https://bit.ly/3abc">the guide</a>', ["link-wrapped"]),
        ('<a href="tel:911">911</a>', []),
        ('<a href="mailto:a@a.example">a@a.example</a>', []),
    ],
)
def test_links_name_their_target_and_the_target_exists(link, expected):
    faults = {"/gone/": "dead-link", "/draft/": "link-unpublished"}
    assert codes(Block("text", f"<p>Read {link}</p>"), link_fault=lambda path: faults.get(path, "")) == expected


def test_an_overdue_review_is_reported():
    assert found(replace(PLAIN, review_due_on=date(2026, 11, 22))) == [("review-overdue", "page")]
    assert found(replace(PLAIN, review_due_on=TODAY)) == []


HARD = (
    "Pharmacological interventions demonstrating considerable heterogeneity necessitate individualized consideration."
)


def test_the_reading_grade_is_that_of_the_running_text():
    easy = "<h2>Extraordinary heterogeneity</h2><p>The cat sat on the mat by the door.[1] It was warm.</p>"
    quoted = f"<blockquote><p>{HARD}</p></blockquote><table><tr><td>{HARD}</td></tr></table>"

    # 35 letters in 12 words in 2 sentences: 4.71 * 35/12 + 0.5 * 12/2 - 21.43 is below zero
    assert measure_readability(replace(PLAIN, blocks=(Block("text", easy + quoted),))) == Readability(
        0.0, ("The cat sat on the mat by the door.",)
    )
    # 104 letters in 8 words in 1 sentence: 4.71 * 104/8 + 0.5 * 8 - 21.43
    assert measure_readability(replace(PLAIN, blocks=(Block("callout", f"<p>{HARD}</p>"),))) == Readability(
        43.8, (HARD,)
    )


def test_hard_texts_are_reported_with_their_hardest_sentences_and_short_ones_are_not():
    middle = "Clinical practitioners recommend structured appointments throughout treatment."
    body = f"<ul><li>{HARD}</li><li>{middle}</li></ul><p>{'Somebody considered alternative approaches. ' * 30}</p>"

    page = replace(PLAIN, blocks=(Block("text", f"{body}[1]"),), sources=(Reference(1, "Words", 2025),))
    [hard] = run_checks(page, today=TODAY)

    assert (hard.code, hard.level, hard.place, hard.excerpt) == ("reading-grade", Level.AMBER, "page", HARD)
    assert hard.suggestion == f"Split or shorten the hardest sentences: “{HARD}”; “{middle}”."
    assert found(replace(PLAIN, blocks=(Block("text", f"<p>{HARD}</p>"),))) == []


def test_findings_come_in_the_order_of_the_page():
    page = Document(
        *("We cure", "We cure", "opioids"),
        (Block("text", "<h3>We cure</h3>"), Block("figure"), Block("pull", "We cure")),
        (Reference(1, "Unused", 2026),),
    )

    assert found(page) == [
        *[("overdose-block", "page"), ("promise", "title"), ("promise", "summary"), ("promise", 0)],
        *[("heading-order", 0), ("alt-missing", 1), ("promise", 2), ("unused-source", "sources")],
    ]


def test_every_code_is_found_at_its_level():
    text = (
        "<h3>Small</h3><h2></h2><p>An addict. We cure. FDA-approved care. Take 5 mg. It works well. "
        f'<a href="/gone/">here</a> <a href="/draft/">it</a> <a href="http://a.example"></a> '
        '<a href="/down/">four</a> <a href="/moved/">five</a> '
        '<a href="x.html">One</a> <a href="#x">two</a> <a href="https://bit.ly/3">three</a> '
        "Quit drinking at home. 20% of people.[9] 30%. "
        f"{HARD * 12}</p><p>You should quit drinking. Crush the pill and snort it. Double your dose. "
        "It works if you are willing. A half-life of 3 hours. Withdrawal lasts 5 days. Baclofen treats anxiety. "
        f"In 2203 it ended. “Open. “{'word ' * 20}”</p>"
    )
    blocks = (Block("text", text), Block("figure"), Block("figure", alt="a.png"), Block("pull", "Suicide."))
    blocks += (replace(DANGER, title="", body="<p>Careful.</p>"),)
    page = Document("Alcohol", "For junkies.", "alcohol", blocks, (Reference(1, "Old", 2001),), date(2026, 1, 1))

    fault = {"/gone/": "dead-link", "/draft/": "link-unpublished", "/down/": "link-withdrawn", "/moved/": "link-moved"}
    results = run_checks(page, today=TODAY, link_fault=fault.get)

    assert {f.code for f in results if f.level == Level.RED} == RED | {"stigma"}
    assert {f.code for f in results if f.level == Level.AMBER} == AMBER | {"stigma"}


def test_a_key_survives_a_move_and_changes_with_the_sentence():
    def key(*bodies):
        page = replace(PLAIN, blocks=tuple(Block("text", body) for body in bodies))
        return [finding.key for finding in run_checks(page, today=TODAY)]

    assert key("<p>A relapse is common.</p>") == key("<p>Rest.</p>", "<p>Well. A  <em>relapse</em> is common.</p>")
    assert key("<p>A relapse is common.</p>") != key("<p>A relapse is rare.</p>")


def test_an_excerpt_shows_the_match_with_some_context():
    text = f"<p>{'before ' * 40}a relapse {'after ' * 40}.</p>"

    [_, finding] = run_checks(replace(PLAIN, blocks=(Block("text", text),)), today=TODAY)

    assert finding.match == "relapse"
    assert finding.excerpt == f"… {'before ' * 8}a relapse {'after ' * 10}…"


@settings(deadline=None)
@given(
    st.text(),
    st.lists(
        st.sampled_from(
            [*"<>\"'[]0159%.“”", "<p>", "</li>", "<tr>", "<a href=", "</a>", "<h3>", "[1]", " mg ", "cure "]
        )
        | st.text(max_size=3)
    ).map("".join),
)
def test_no_text_breaks_the_checks(title, body):
    blocks = tuple(Block(kind, body, title) for kind in ("text", "callout", "facts", "figure", "pull", "other"))

    results = run_checks(Document(title, body, body, blocks, (Reference(1, body),)), today=TODAY)

    assert all(len(finding.excerpt) <= 140 and len(finding.key) == 16 for finding in results)


@pytest.mark.parametrize(
    "body", ["", "1" * 5000, f"[{'1' * 5000}] {'9' * 5000}%", "<" * 5000, "<li>" * 5000, "\ud800 opıoidſ"]
)
def test_odd_texts_are_read_like_any_other(body):
    page = replace(PLAIN, title=body, blocks=(Block("text", body), Block("facts", body)))

    assert found(page) == []
    assert measure_readability(Document("", "", "")) == Readability(0.0, ())


PICTURES = {
    picture["key"]: picture["alt"] for picture in tomllib.loads((SAMPLE / "pictures.toml").read_text())["pictures"]
}


def sample_block(block):
    match block["kind"]:
        case "facts":
            return Block("facts", "\n".join(f"{name} | {fact}" for name, fact in block["rows"]), block["title"])
        case "figure":
            return Block("figure", block["caption"], alt=PICTURES[block["picture"]])
        case "pull":
            return Block("pull", block["quote"], attribution=block["attribution"])
    return Block(block["kind"], block["body"], block.get("title", ""), block.get("tone", ""))


@pytest.mark.parametrize("path", sorted((SAMPLE / "articles").glob("*.toml")), ids=lambda path: path.stem)
def test_the_sample_articles_pass_every_check_but_the_age_of_their_sources(path):
    article = tomllib.loads(path.read_text())
    sources = tuple(Reference(n, source["title"], source["year"]) for n, source in enumerate(article["sources"], 1))
    blocks = tuple(map(sample_block, article["blocks"]))
    page = Document(article["title"], article["summary"], article["topic"], blocks, sources)

    def link_fault(path):
        return "" if (SAMPLE / f"{path.strip('/')}.toml").exists() else "dead-link"

    results = run_checks(page, today=TODAY, link_fault=link_fault)

    assert [finding for finding in results if finding.code != "old-sources"] == []
