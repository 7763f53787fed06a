"""Attempts to sign in and rate limits in a real Redis, and in the database while Redis is away."""

import subprocess

import pytest
from django.core.cache import caches
from django.test import Client

from detoxsite.core import shared_cache
from detoxsite.core.models import RateCount
from detoxsite.core.public_forms import rate_limit
from detoxsite.core.public_forms.rate_limit import RateLimit
from tests.engines import REDIS, Redis
from tests.factories import make_user

pytestmark = pytest.mark.django_db

ADDRESS = "192.0.2.7"


@pytest.fixture
def redis(tmp_path):
    """A Redis; not started."""
    if not REDIS:
        pytest.skip("no redis-server (Debian's package of that name): CACHE_URL was not tried")
    redis = Redis(tmp_path)
    yield redis
    redis.kill()


@pytest.fixture
def shared(redis, settings, monkeypatch):
    """The settings of CACHE_URL with that Redis, which is running."""
    settings.CACHE_URL = redis.url
    settings.CACHES = {
        **settings.SHARED_CACHES,
        "default": {**settings.SHARED_CACHES["default"], "LOCATION": redis.url},
    }
    monkeypatch.setattr(shared_cache.SharedCache, "_away_until", 0.0)
    monkeypatch.setattr(rate_limit, "MAX_WINDOW", 60_000)  # no window ends while a test counts
    redis.start()
    yield
    caches["default"].close()


def wrong_passwords(number):
    """How many of so many wrong passwords, each from a browser of its own, are answered with the form, uncounted."""
    make_user("editor", email="editor@example.org")
    pages = [
        Client(REMOTE_ADDR=f"192.0.2.{count}")
        .post("/accounts/login/", {"login": "editor@example.org", "password": "wrong"})
        .content.decode()
        for count in range(number)
    ]
    return sum("Too many wrong passwords" not in page for page in pages)


def test_limits_are_counted_in_redis_without_an_address(shared, redis):
    limit = RateLimit("a limit", window=60_000, max_hits=2)

    assert [limit.hit(ADDRESS) for _ in range(3)] == [False, False, True]
    assert RateLimit("a limit", window=60_000, max_hits=2).is_exceeded(ADDRESS)  # in another process
    assert not limit.is_exceeded("192.0.2.8")
    assert wrong_passwords(7) == 5

    assert not RateCount.objects.exists()
    ask = ["redis-cli", "-u", redis.url, "--raw"]
    keys = subprocess.run([*ask, "keys", "*"], capture_output=True, text=True).stdout.split("\n")[:-1]
    assert keys
    assert not [key for key in keys if ADDRESS in key or "editor" in key]
    lives = [int(subprocess.run([*ask, "ttl", key], capture_output=True).stdout) for key in keys]
    assert min(lives) > 0  # none stays for good


def test_while_redis_is_away_the_database_counts_and_people_sign_in(shared, redis, caplog):
    limit = RateLimit("a limit", window=60_000, max_hits=2)
    redis.kill()

    assert [limit.hit(ADDRESS) for _ in range(3)] == [False, False, True]
    assert limit.is_exceeded(ADDRESS)
    assert RateCount.objects.count() == 1
    assert wrong_passwords(7) == 5
    user = make_user("moderator")
    user.set_password("a long password of theirs")
    user.save()
    signed_in = Client().post("/accounts/login/", {"login": user.email, "password": "a long password of theirs"})
    assert signed_in.status_code == 302
    assert "Redis does not answer" in caplog.text
    assert ADDRESS not in caplog.text

    redis.start()
    shared_cache.SharedCache._away_until = 0.0  # some seconds later
    assert RateLimit("another limit", window=60_000, max_hits=0).hit(ADDRESS)
    assert RateCount.objects.count() == 1
