"""Each test has a disk of its own: no request of another waits on it."""

import pytest


@pytest.fixture(autouse=True)
def disk(settings, tmp_path):
    settings.VAR = tmp_path
    return tmp_path / "calls"
