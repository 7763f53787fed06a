"""Documents are consistent: their links and the files they name exist, and versions agree."""

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
TEMPLATES = sorted(ROOT.glob("deploy/environment/*.env"))
TESTS = re.compile(r"`(tests/[\w/]+(?:\.py)?)`")


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_relative_link_leads_to_a_file(document):
    links = re.findall(r"\]\((?!https?:)([^)#]+)[^)]*\)", document.read_text())

    assert [link for link in links if not (document.parent / link).exists()] == []


@pytest.mark.parametrize("document", [*DOCUMENTS, *TEMPLATES], ids=lambda path: str(path.relative_to(ROOT)))
def test_no_setting_to_be_copied_has_a_comment_behind_it(document):
    """systemd and pgBackRest take it for a part of the value; pages had both."""
    settings = re.findall(r"^(?:    )?#?[\w-]+ ?= ?[^'\"#\n]*[ \t]#.*", document.read_text(), re.MULTILINE)

    assert settings == []


def test_every_threat_names_tests_that_exist():
    threats = re.findall(r"^\| \d+ \|.*", (ROOT / "SECURITY.md").read_text(), re.MULTILINE)

    assert len(threats) >= 20
    for threat in threats:
        named = TESTS.findall(threat)
        assert named, threat
        assert [path for path in named if not (ROOT / path).exists()] == []


def test_every_decision_is_in_the_index():
    decisions = {file.name for file in (ROOT / "docs" / "decisions").glob("[0-9]*.md")}
    index = (ROOT / "docs" / "decisions" / "README.md").read_text()

    assert decisions == set(re.findall(r"\((\d{4}-[\w-]+\.md)\)", index))


def test_the_desk_and_its_guides_have_one_word_for_one_thing():
    """*Send for review* and *false alarm*, as the buttons say."""
    guides = [ROOT / "docs" / name for name in ("comparison.md", "benchmarks.md", "editors.md", "clinicians.md")]
    desk = [
        *ROOT.glob("articles/**/*.py"),
        *ROOT.glob("detoxsite/dashboard/**/*.py"),
        *ROOT.glob("templates/**/*.html"),
    ]
    said = {path: path.read_text() for path in (*guides, *desk) if "migrations" not in path.parts}
    newest = (ROOT / "docs" / "changelog.md").read_text().split("\n## ")[1]
    said[ROOT / "docs" / "changelog.md"] = newest
    hand_in = re.compile(r"(?<!by )(?<!a )(?<!#act-)(?<!\")\bhand(?:s|ed|ing)?[- ](?:(?:it|them|the draft) )?ins?\b")

    assert [f"{path.name}: {found}" for path, text in said.items() for found in hand_in.findall(text)] == []
    rules = (ROOT / "articles" / "checks" / "rules.toml").read_text()
    for text in (rules, *(path.read_text() for path in guides)):
        assert not re.search("waive", text)


def test_the_changelog_begins_with_the_version_of_the_project():
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    newest = re.search(r"^## ([\d.]+)", (ROOT / "docs" / "changelog.md").read_text(), re.MULTILINE)[1]

    assert version.startswith(f"{newest}.")
