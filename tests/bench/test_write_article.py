"""The article that script/bench write-article types."""

import re

from articles import editorial_gate
from articles.content import edition_snapshot
from tests.bench.write_article import article, document

TAGS = {"heading": "h2", "text": "p", "bullets": "li", "numbers": "li"}


def _html(parts):
    lines = [(TAGS[kind], line) for kind, text in parts if kind in TAGS for line in text.splitlines()]
    return "".join(f"<{tag}>{line}</{tag}>" for tag, line in lines)


def test_the_document_has_the_same_words_and_parts():
    html = document.html()
    assert [html.count(f"<{tag} ") + html.count(f"<{tag}>") for tag in ("h2", "ul", "ol", "li", "a")] == [
        6,
        1,
        1,
        11,
        1,
    ]
    plain = re.sub(r"\s+", " ", re.sub("<[^>]*>", " ", html))
    assert [line for _, text in article.PARTS for line in text.splitlines() if line[-40:] not in plain] == []


def test_the_article_has_the_parts_that_are_counted_and_can_be_handed_in():
    kinds = [kind for kind, _ in article.PARTS]
    assert [kinds.count(kind) for kind in ("heading", "bullets", "numbers", "picture", "danger")] == [6, 1, 1, 1, 1]
    assert 950 <= article.words() <= 1_050

    place = kinds.index("danger")
    title, body = article.PARTS[place][1].splitlines()
    blocks = {
        "text_set-0": {"ordering": 10, "body": _html(article.PARTS[:place])},
        "text_set-1": {"ordering": 30, "body": _html(article.PARTS[place:])},
        "callout_set-0": {"ordering": 20, "tone": "danger", "title": title, "body": f"<p>{body}</p>"},
    }
    fields = {f"articles_{row}-{name}": str(value) for row, values in blocks.items() for name, value in values.items()}
    fields |= {"articles_text_set-TOTAL_FORMS": "2", "articles_callout_set-TOTAL_FORMS": "1"}
    source = {"position": "1", "title": article.SOURCE.title, "container": article.SOURCE.journal, "year": "2021"}
    fields |= {"sources-TOTAL_FORMS": "1", **{f"sources-0-{name}": value for name, value in source.items()}}
    snapshot = edition_snapshot.from_form({"title": article.TITLE, "summary": article.SUMMARY, **fields})
    assert len(snapshot["blocks"]) == 3
    found = editorial_gate.check_snapshot(snapshot, topic=article.TOPIC.lower())
    assert [(finding.message, finding.excerpt) for finding in found.red] == []
