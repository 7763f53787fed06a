"""The license of each package that requirements.txt pins, as an SPDX expression, and which licenses we accept."""

import re
from importlib.metadata import metadata
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
REQUIREMENTS = ROOT / "requirements.txt"
DOCUMENT = ROOT / "docs" / "licenses.md"

ALLOWED = {
    # permissive: keep the notice
    *("0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "CNRI-Python", "ISC", "MIT", "MIT-0", "MIT-CMU"),
    *("PSF-2.0", "ZPL-2.1"),
    *("CC-BY-4.0", "CC0-1.0"),  # documents
    "LPPL-1.3c",  # a font: a changed one gets another name
    # copyleft for the package's own files and libraries, which we use unchanged and which anyone can replace
    *("LGPL-3.0-only", "LGPL-3.0-or-later", "MPL-2.0"),
}

FILES = {  # that others made and the project holds: file -> what it is, and its license
    "articles/content/fonts/card-serif.otf": ("TeX Gyre Pagella 2.501, reduced to Latin", "LPPL-1.3c"),
}

SPDX = {  # other ways in which packages say it
    "Apache 2": "Apache-2.0",
    "BSD License": "BSD-3-Clause",
    "MIT License": "MIT",
    "PSFL": "PSF-2.0",
    "ZPL 2.1": "ZPL-2.1",
}

REVIEWED = {  # what the package says is not the whole: (package, its statement) -> what the files of its license say
    ("django-csp", "BSD"): "BSD-3-Clause",
    ("fido2", "BSD License"): "BSD-2-Clause AND Apache-2.0 AND MPL-2.0",  # CBOR and the list of public suffixes
    ("pi-heif", "BSD-3-Clause"): "BSD-3-Clause AND LGPL-3.0-only",  # libheif and libde265 in its wheels
    ("psycopg2-binary", "LGPL with exceptions"): "LGPL-3.0-or-later",  # the exception: for linking with OpenSSL
    ("pyrage", ""): "MIT",
    ("qrcode", "BSD"): "BSD-3-Clause AND MIT",  # a part was translated from JavaScript
}


class UnknownLicense(Exception):
    """A package states no license in SPDX: read its license file, and add it to REVIEWED."""


def pins() -> dict[str, str]:
    """The version of each pinned package, by normalized name."""
    found = re.findall(r"^([\w.-]+)==([^\s;]+)", REQUIREMENTS.read_text(), re.MULTILINE)
    return {normalized(name): version for name, version in found}


def normalized(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def license_of(package: str) -> str:
    """The license of an installed package. Raises UnknownLicense."""
    stated = _stated(package)
    found = REVIEWED.get((package, stated)) or SPDX.get(stated) or stated
    if not re.fullmatch(r"[\w.+-]+(?: (?:AND|OR) [\w.+-]+)*", found):
        raise UnknownLicense(f"{package}: {stated!r}")
    return found


def _stated(package: str) -> str:
    """What its metadata say: an expression, a short text, or the last word of its classifier."""
    said = metadata(package)
    text = said.get("License-Expression") or said.get("License") or ""
    if text and "\n" not in text:
        return text
    classifiers = [line for line in said.get_all("Classifier", []) if line.startswith("License ::")]
    return classifiers[0].rpartition(" :: ")[2] if classifiers else ""


def is_allowed(expression: str) -> bool:
    """Whether we accept all licenses that hold together, and one of each choice. Without parentheses."""
    return all(any(name in ALLOWED for name in choice.split(" OR ")) for choice in expression.split(" AND "))


def document() -> str:
    """docs/licenses.md: the installed packages that are pinned, and files of others."""
    files = [f"| `{path}` | {what} | {license} |" for path, (what, license) in FILES.items()]
    rows = [f"| {package} | {version} | {license_of(package)} |" for package, version in sorted(pins().items())]
    return "\n".join(
        [
            "# Licenses",
            "",
            "Of the packages that a production site runs on, as `requirements.txt` pins them, in the terms of SPDX.",
            "`script/sbom` writes this page and a bill of materials; the tests say when it is out of date, and refuse",
            "a license that is not among those in `tests/supply/licenses.py` ([supply](supply.md)).",
            "",
            "| package | version | license |",
            "|---|---|---|",
            *rows,
            "",
            "Of files that others made and that are part of the project:",
            "",
            "| file | what it is | license |",
            "|---|---|---|",
            *files,
            "",
        ]
    )
