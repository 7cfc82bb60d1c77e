"""The platform's signature: the one file that touches its Ed25519 keys.

The keys lie in SIGNING_DIR, one file a key ("1.json", "2.json", …; the highest signs), readable by the server's user alone.
A rotation makes the next file and erases the secret of the one before: what it signed stays verifiable for ever, what it did
not sign can never be signed with it. Every machine that signs needs the same directory.
"""

import contextlib
import hashlib
import json
import os
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from auctions.rules.chain import Json, canonical, stamp
from auctions.rules.receipts import signed
from market.kernel import clock


@dataclass(frozen=True, slots=True)
class Key:
    """One key: `public` (hex), since when it signs, its secret while it does, and its name: the first 16 hex digits of the
    SHA-256 of the public key."""

    public: str
    since: str
    until: str | None
    secret: Ed25519PrivateKey | None
    name: str


def sign(body: Json) -> Json:
    """The signed paper around `body` (about 50 microseconds); the same body gives the same paper until a rotation."""
    key, secret = _current()
    return signed(body, key=key.name, public=key.public, signature=secret.sign(canonical(body)).hex())


def published() -> Json:
    """The public half of every key there ever was, for the page that strangers compare signatures with."""
    keys = [
        {"key": key.name, "algorithm": "Ed25519", "public": key.public, "since": key.since, "until": key.until}
        for key in _keys()
    ]
    return {"format": "luochui.keys/1", "keys": keys}


def rotate() -> Key:
    """Sign with a new key from now on and erase the old secret; returns the new key."""
    found, now = _numbers(), clock.now()
    _make(found[-1] + 1 if found else 1, now)
    if found:
        last = _file(found[-1])
        old = _read(last)
        _write(last, {"public": old.public, "since": old.since, "until": stamp(now)})
    _loaded.cache_clear()
    return _keys()[-1]


def _current() -> tuple[Key, Ed25519PrivateKey]:
    key = _keys()[-1]
    if key.secret is None:
        raise ImproperlyConfigured(f"the newest key in {settings.SIGNING_DIR} has no secret")
    return key, key.secret


def _keys() -> tuple[Key, ...]:
    """Every key, oldest first; the first is made where there is none. Another process's rotation is seen within a second."""
    return _loaded(settings.SIGNING_DIR, int(time.monotonic()))


@lru_cache(maxsize=2)
def _loaded(home: str, second: int) -> tuple[Key, ...]:
    if not _numbers():
        _make(1, clock.now())
    return tuple(_read(_file(number)) for number in _numbers())


def _numbers() -> list[int]:
    return sorted(int(path.stem) for path in Path(settings.SIGNING_DIR).glob("*.json") if path.stem.isdecimal())


def _file(number: int) -> Path:
    return Path(settings.SIGNING_DIR, f"{number}.json")


def _read(path: Path) -> Key:
    if path.stat().st_mode & 0o077:
        raise ImproperlyConfigured(f"{path} must be readable by its owner alone (chmod 600)")
    kept = json.loads(path.read_text())
    secret = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(kept["secret"])) if "secret" in kept else None
    public = secret.public_key().public_bytes_raw().hex() if secret else kept["public"]
    name = hashlib.sha256(bytes.fromhex(public)).hexdigest()[:16]
    return Key(public=public, since=kept["since"], until=kept.get("until"), secret=secret, name=name)


def _make(number: int, now: datetime) -> None:
    """A new key under `number`; where two processes do it at once, one file wins and both use it."""
    Path(settings.SIGNING_DIR).mkdir(parents=True, exist_ok=True, mode=0o700)
    secret = Ed25519PrivateKey.generate().private_bytes_raw().hex()
    with _aside({"secret": secret, "since": stamp(now)}) as made, contextlib.suppress(FileExistsError):
        os.link(made, _file(number))


def _write(path: Path, kept: Json) -> None:
    with _aside(kept) as made:
        made.replace(path)


@contextlib.contextmanager
def _aside(kept: Json) -> Iterator[Path]:
    """A finished file beside the others, mode 600 from its first byte on, to be put in place whole."""
    descriptor, name = tempfile.mkstemp(dir=settings.SIGNING_DIR, suffix=".new")
    made = Path(name)
    try:
        with os.fdopen(descriptor, "w") as file:
            json.dump(kept, file)
            file.flush()
            os.fsync(file.fileno())
        yield made
    finally:
        made.unlink(missing_ok=True)
