"""detoxsite.settings for a benchmark: with one more page, which does nothing."""

from detoxsite.settings import *  # noqa: F403

ROOT_URLCONF = "tests.bench.urls"
