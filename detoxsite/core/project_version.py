"""The version of the software that runs, and versions compared."""

import tomllib

from django.conf import settings


def project_version() -> str:
    """As in pyproject.toml: three numbers with dots."""
    return tomllib.loads((settings.BASE_DIR / "pyproject.toml").read_text())["project"]["version"]


def sort_key(version: str) -> tuple[int, ...]:
    return tuple(map(int, version.split(".")))
