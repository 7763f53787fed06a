"""detoxsite.settings for a site that is measured: with one more page, which does nothing."""

from detoxsite.settings import *  # noqa: F403

ROOT_URLCONF = "tests.bench.urls"
