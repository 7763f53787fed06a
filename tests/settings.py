"""detoxsite.settings with slow and external parts replaced. The database is real PostgreSQL (tests/conftest.py)."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

if "DETOX_VAR" not in os.environ:
    os.environ["DETOX_VAR"] = tempfile.mkdtemp(prefix="detoxsite-tests-")
    atexit.register(shutil.rmtree, os.environ["DETOX_VAR"], ignore_errors=True)
VAR = Path(os.environ["DETOX_VAR"])
os.environ.setdefault("SECRET_KEY", "only for the tests")
OPENID = {"OIDC_SERVER": "https://id.example.org", "OIDC_CLIENT_ID": "detox", "OIDC_CLIENT_SECRET": "secret"}
os.environ |= OPENID
os.environ.setdefault("EMAIL_URL", "memory://")
os.environ.setdefault("ALLOWED_HOSTS", "testserver,127.0.0.1,localhost")

from detoxsite.settings import *  # noqa: E402, F403
from detoxsite.settings import INSTALLED_APPS, MIDDLEWARE, STORAGES  # noqa: E402

for _name in OPENID:  # processes that tests start do without a provider
    del os.environ[_name]
SECURE_SSL_REDIRECT = SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = False
INSTALLED_APPS = ["tests.database", *INSTALLED_APPS]  # its flush takes the place of Django's
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
STORAGES = {**STORAGES, "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
MIDDLEWARE = [name for name in MIDDLEWARE if "whitenoise" not in name]  # the live server serves static files itself
MEDIA_ROOT = VAR / "test-media"
STAFF_ORIGIN = PUBLIC_ORIGIN = "http://testserver"
