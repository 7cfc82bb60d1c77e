"""The settings the tests run under: the product's own, with a fast hasher and plain static files."""

import os
import tempfile

os.environ.setdefault("VAR_DIR", tempfile.mkdtemp(prefix="luochui-test-"))

from deploy.settings import *  # noqa: F403
from deploy.settings import DATABASES, STATIC_ROOT, STORAGES, VAR

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {**STORAGES, "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # empty: its absence is a warning in every test that starts a server
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
ALLOWED_HOSTS = ["*"]
# A file, not memory: threads and subprocesses of a test meet on the same rows.
DATABASES["default"].setdefault("TEST", {})["NAME"] = (
    str(VAR / f"test-{os.getpid()}.sqlite3") if DATABASES["default"]["ENGINE"].endswith("sqlite3") else None
)
