"""Words of the workflow on staff pages: each act has one name, that of its button."""

import ast
import re

import pytest
from django.conf import settings

from detoxsite.dashboard.guides import GUIDES

FORMER = {"Mark as a false alarm": r"\bwaiv", "Send for review": r"(?<!a )\bhand(s|ed|ing)? in\b|\bhand-ins?\b"}
_NOT_SHOWN = re.compile(r"{[#%{].*?[#%}]}|<[^>]*>|\b\w+\.\w+", re.DOTALL)


def _sentences():
    """Where, and what: texts of templates, rules, guides, and of Python besides docstrings, names and addresses."""
    root = settings.BASE_DIR
    for file in (root / "templates").rglob("*.html"):
        yield file.name, _NOT_SHOWN.sub("", file.read_text())
    for file in [root / "articles/checks/rules.toml", *(root / "docs" / f"{guide}.md" for guide in GUIDES)]:
        yield file.name, file.read_text()
    for file in [*root.glob("articles/**/*.py"), *root.glob("detoxsite/dashboard/**/*.py")]:
        if "migrations" not in file.parts:
            yield from ((file.name, text) for text in _texts(ast.parse(file.read_text())) if " " in text)


def _texts(tree: ast.Module):
    said = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}  # docstrings
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in said:
            yield node.value


@pytest.mark.parametrize("label", FORMER)
def test_no_text_calls_an_act_by_a_former_name(label):
    named = [(where, text[:80]) for where, text in _sentences() if label in text]
    assert named
    assert [(where, text[:80]) for where, text in _sentences() if re.search(FORMER[label], text, re.I)] == []
