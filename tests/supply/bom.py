"""The bill of materials that cyclonedx-py wrote, checked and without what changes from machine to machine."""

import json
from pathlib import Path

from .licenses import license_of, normalized, pins


class WrongComponents(Exception):
    """The bill names other packages than requirements.txt."""


def finish(path: Path) -> None:
    """Check a bill and write it again, with our reading of the licenses and without links. Raises WrongComponents.

    The links come from the packages' own metadata, lead to their documentation and to where they were published, and
    say nothing about what is in use.
    """
    bill = json.loads(path.read_text())
    named = {normalized(component["name"]): component["version"] for component in bill["components"]}
    if named != pins():
        raise WrongComponents(sorted(set(named.items()) ^ set(pins().items())))
    for component in bill["components"]:
        component["licenses"] = [{"expression": license_of(normalized(component["name"]))}]
    _drop_links(bill)
    path.write_text(json.dumps(bill, indent=2, sort_keys=True) + "\n")


def _drop_links(part) -> None:
    """Of the components, and of the tools that wrote the bill."""
    if isinstance(part, dict):
        part.pop("externalReferences", None)
    for below in part.values() if isinstance(part, dict) else part if isinstance(part, list) else ():
        _drop_links(below)
