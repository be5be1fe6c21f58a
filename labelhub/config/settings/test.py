"""Tests: SQLite by default; LABELHUB_TEST_DATABASE_URL points at a real PostgreSQL."""

import tempfile
from pathlib import Path

from labelhub.config import env
from labelhub.config.settings.base import *  # noqa: F403
from labelhub.config.settings.base import REST_FRAMEWORK, STORAGES

SECRET_KEY = "only-for-tests-" + "x" * 40
DEBUG = False
TEST_DIR = Path(env.text("LABELHUB_TEST_DIR") or tempfile.mkdtemp(prefix="labelhub-test-"))
DATABASES = {
    "default": env.database("LABELHUB_TEST_DATABASE_URL")
    if env.text("LABELHUB_TEST_DATABASE_URL")
    else {**env.sqlite(TEST_DIR / "test.sqlite3"), "TEST": {"NAME": TEST_DIR / "test-db.sqlite3"}}
}
DATABASES["default"]["CONN_MAX_AGE"] = 0
# A kept connection would keep the test database from being dropped.
DATABASES["default"]["IDLE_CONNECTIONS"] = 0
STORAGES = {
    **STORAGES,
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": str(TEST_DIR / "objects")},
    },
}
UPLOAD_DIR = TEST_DIR / "uploads"
WORK_DIR = TEST_DIR / "work"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
REST_FRAMEWORK = {
    **REST_FRAMEWORK,
    "DEFAULT_THROTTLE_RATES": dict.fromkeys(REST_FRAMEWORK["DEFAULT_THROTTLE_RATES"]),  # type: ignore[call-overload]
}
BROKER_URL = env.text("LABELHUB_BROKER_URL", "memory://")
