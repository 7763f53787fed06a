"""Private API of libraries that our code uses is listed in docs/private-apis.md, with the version it was checked on."""

import ast
import re
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("detoxsite", "articles", "intake", "testimonials")
LIST = ROOT / "docs" / "private-apis.md"
PUBLIC = {
    "_meta",
    "_state",
    "_default_manager",
    "_base_manager",
    "_fields",
    "_replace",
    "_exit",
}  # their libraries document them


def modules() -> list[ast.Module]:
    files = [file for package in PACKAGES for file in (ROOT / package).rglob("*.py")]
    return [ast.parse(file.read_text()) for file in files if "migrations" not in file.parts]


def is_private(name: str) -> bool:
    return name.startswith("_") and not name.startswith("__") and name not in PUBLIC


def defined_names(tree: ast.Module) -> Iterator[str]:
    """Names that a module of ours defines: functions, classes, variables, attributes of ``self``."""
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            yield node.name
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            yield from [node.attr] if getattr(node.value, "id", "") in {"self", "cls"} else []


def used_names(tree: ast.Module) -> Iterator[str]:
    """Names that it reads, sets or imports from another object or module, also by ``getattr``."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            yield node.attr
        elif isinstance(node, ast.ImportFrom):
            yield from (alias.name for alias in node.names)
            yield from (node.module or "").split(".")
        elif isinstance(node, ast.Call) and getattr(node.func, "id", "") in {"getattr", "setattr", "hasattr"}:
            yield from (word.value for word in node.args[1:2] if isinstance(word, ast.Constant))


def private_names_of_libraries() -> set[str]:
    """Private names that our code uses and that no module of ours defines."""
    trees = modules()
    defined = {name for tree in trees for name in defined_names(tree)}
    return {name for tree in trees for name in used_names(tree) if is_private(name)} - defined


def listed() -> list[tuple[str, str, str]]:
    """(name, library, version) of each row of the list."""
    return re.findall(r"^\| `(\w+)` \| ([\w.-]+) ([\d.]+) \|", LIST.read_text(), re.MULTILINE)


def test_every_private_name_in_use_is_listed_and_no_other():
    assert {name for name, _, _ in listed()} == private_names_of_libraries()


def test_each_was_checked_on_the_installed_version():
    checked = {library: on for _, library, on in listed()}

    assert checked == {library: version(library) for library in checked}
