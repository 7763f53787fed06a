"""The files of the sample content."""

import tomllib
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[1] / "content"


def read(name: str) -> dict:
    return tomllib.loads((FOLDER / name).read_text(encoding="utf-8"))
