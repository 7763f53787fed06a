import pytest
from django.core.cache import cache


@pytest.fixture(autouse=True)
def _no_attempts_yet():
    """Attempts to sign in are counted in the cache, which outlives a test."""
    cache.clear()
