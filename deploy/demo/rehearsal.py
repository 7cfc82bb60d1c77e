"""Simulated bidders who come through the public door: signed in, with keys of their own, over HTTP."""

import json
import secrets
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPSConnection
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore

from market.kernel.money import Money
from market.parties.models import User

PATIENCE = 10  # seconds for one answer


@dataclass
class Robot:
    """One simulated bidder with a session on the server at `url`."""

    user: User
    url: str
    session: str = ""

    def sign_in(self) -> None:
        """Open a session as the server would after a sign-in; only this machine's database can do that."""
        store = SessionStore()
        store[SESSION_KEY] = str(self.user.pk)
        store[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
        store[HASH_SESSION_KEY] = self.user.get_session_auth_hash()
        store.create()
        self.session = store.session_key or ""

    def state(self, lot: str) -> dict[str, Any]:
        """The lot's public state."""
        answer: dict[str, Any] = self._ask("GET", f"/lots/{lot}/state/")[1]
        return answer

    def bid(self, lot: str, amount: Money, *, seen_seq: int) -> dict[str, Any]:
        """Bid `amount`; the ack or the refusal as the room would get it."""
        frame = {"type": "bid", "key": str(uuid4()), "amount": amount.wire(), "seen_seq": seen_seq}
        answer: dict[str, Any] = self._ask("POST", f"/lots/{lot}/bid/", frame)[1]
        return answer

    def _ask(self, method: str, path: str, body: object = None) -> tuple[int, Any]:
        where = urlsplit(self.url)
        connect = HTTPSConnection if where.scheme == "https" else HTTPConnection
        token = secrets.token_hex(16)
        headers = {
            "Accept": "application/json",
            "Content-Type": "application/json",
            "Cookie": f"{settings.SESSION_COOKIE_NAME}={self.session}; {settings.CSRF_COOKIE_NAME}={token}",
            "X-CSRFToken": token,
            "Referer": self.url,
        }
        connection = connect(where.netloc, timeout=PATIENCE)
        try:
            connection.request(method, path, None if body is None else json.dumps(body), headers)
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read())
        finally:
            connection.close()
