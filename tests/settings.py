"""The settings the tests run under: the product's own, with a fast hasher and plain static files."""

import os
import tempfile
from pathlib import Path

# Each xdist worker keeps its files apart, and what a worker starts keeps them with it: a test counts what lies there.
_var = Path(os.environ.get("VAR_DIR") or tempfile.mkdtemp(prefix="luochui-test-"))
_worker = os.environ.get("PYTEST_XDIST_WORKER", "")
os.environ["VAR_DIR"] = str(_var if _var.name == _worker else _var / _worker)

from deploy.settings import *  # noqa: E402, F403
from deploy.settings import DATABASES, STATIC_ROOT, STORAGES, VAR  # noqa: E402

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {**STORAGES, "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # empty: its absence is a warning in every test that starts a server
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
ALLOWED_HOSTS = ["*"]
# A file, not memory: threads and subprocesses of a test meet on the same rows.
DATABASES["default"].setdefault("TEST", {})["NAME"] = (
    str(VAR / f"test-{os.getpid()}.sqlite3") if DATABASES["default"]["ENGINE"].endswith("sqlite3") else None
)
