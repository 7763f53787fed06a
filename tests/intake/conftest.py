"""Each test has its own spool folder, without requests of other tests."""

import pytest


@pytest.fixture(autouse=True)
def disk(settings, tmp_path):
    settings.VAR = tmp_path
    return tmp_path / "calls"
