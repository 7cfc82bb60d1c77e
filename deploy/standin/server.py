"""The stand-in's doors: the API under /v1 with idempotency keys, the pages a payer sees, and signed webhooks out."""

import hmac
import json
import logging
import queue
import re
import threading
import time
import urllib.request
from collections.abc import Callable
from hashlib import sha256
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from deploy.standin.objects import Problem, Thing
from deploy.standin.provider import Provider

logger = logging.getLogger(__name__)

ID = r"(\w+)"
POST: list[tuple[str, Callable[..., Thing]]] = [
    ("/v1/checkout/sessions", lambda at, asked: at.open_session(asked)),
    (f"/v1/checkout/sessions/{ID}/expire", lambda at, asked, number: at.expire_session(number)),
    ("/v1/refunds", lambda at, asked: at.refund(asked)),
    ("/v1/accounts", lambda at, asked: at.open_account(asked)),
    ("/v1/account_links", lambda at, asked: at.link(asked)),
    ("/v1/transfers", lambda at, asked: at.transfer(asked)),
]
KINDS = {
    "checkout/sessions": ("checkout.session", ("payment_intent",)),
    "payment_intents": ("payment_intent", ()),
    "charges": ("charge", ("payment_intent",)),
    "refunds": ("refund", ("payment_intent", "charge")),
    "accounts": ("account", ()),
    "transfers": ("transfer", ("transfer_group", "destination")),
    "disputes": ("dispute", ("payment_intent",)),
    "payouts": ("payout", ()),
    "balance_transactions": ("balance_transaction", ("source", "type")),
    "events": ("event", ("type",)),
}
REFERS = {"payment_intent", "charge", "latest_charge", "balance_transaction", "source", "destination"}


def nested(pairs: list[tuple[str, str]]) -> Thing:
    """a[b][0][c]=d as dictionaries and lists."""
    tree: Thing = {}
    for name, value in pairs:
        keys = re.findall(r"[^\[\]]+", name)
        if name.endswith("[]"):
            tree.setdefault(keys[0], {})[str(len(tree.get(keys[0], {})))] = value
            continue
        branch = tree
        for key in keys[:-1]:
            branch = branch.setdefault(key, {})
        branch[keys[-1]] = value
    return {name: _lists(branch) for name, branch in tree.items()}


def _lists(branch: Any) -> Any:
    if not isinstance(branch, dict):
        return branch
    inner = {key: _lists(value) for key, value in branch.items()}
    return [inner[key] for key in sorted(inner, key=int)] if inner and all(key.isdigit() for key in inner) else inner


def expanded(provider: Provider, thing: Thing, paths: list[str]) -> Thing:
    """The object with the ids at `paths` ("payment_intent.latest_charge") replaced by what they name."""
    shown: Thing = json.loads(json.dumps(thing))
    for path in paths:
        branch = shown
        for key in path.split("."):
            if key in REFERS and isinstance(branch.get(key), str):
                branch[key] = json.loads(json.dumps(provider.things[branch[key]]))
            if not isinstance(branch.get(key), dict):
                break
            branch = branch[key]
    return shown


class Webhooks:
    """Sends every event, signed, to one address until that answers 2xx; nothing while the address is empty."""

    def __init__(self, secret: str, address: str = "") -> None:
        self.secret, self.address = secret, address
        self._waiting: queue.Queue[Thing] = queue.Queue()
        threading.Thread(target=self._send, name="stand-in webhooks", daemon=True).start()

    def tell(self, event: Thing) -> None:
        """Queue an event."""
        if self.address:
            self._waiting.put(event)

    def _send(self) -> None:
        while True:
            event = self._waiting.get()
            for wait in (0.0, 0.5, 2.0, 5.0):
                time.sleep(wait)
                if self._sent(json.dumps(event).encode()):
                    break
            else:
                logger.warning("nobody took %s", event["type"])

    def _sent(self, body: bytes) -> bool:
        headers = {"Content-Type": "application/json", "Stripe-Signature": signature(body, self.secret)}
        request = urllib.request.Request(self.address, body, headers)  # noqa: S310 - our own market, on this machine
        try:
            with urllib.request.urlopen(request, timeout=10):  # noqa: S310
                return True
        except OSError:
            return False


def signature(body: bytes, secret: str, at: int | None = None, scheme: str = "v1") -> str:
    """The header Stripe-Signature of a webhook."""
    at = int(time.time()) if at is None else at
    return f"t={at},{scheme}={hmac.new(secret.encode(), b'%d.' % at + body, sha256).hexdigest()}"


class Door(BaseHTTPRequestHandler):
    """One request."""

    protocol_version = "HTTP/1.1"
    server: "StandIn"

    def log_message(self, *args: Any) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
        """An object, a list, or a page."""
        at = urlsplit(self.path)
        if at.path.startswith("/v1/"):
            self._api(lambda: self._read(at.path, nested(parse_qsl(at.query, keep_blank_values=True))))
        else:
            self._page(at.path)

    def do_POST(self) -> None:
        """Something is to be done; the same idempotency key again gets the first answer."""
        pairs = parse_qsl(self.rfile.read(int(self.headers.get("Content-Length", 0))).decode(), keep_blank_values=True)
        if self.path.startswith("/v1/"):
            self._api(lambda: self._keyed(self.path, pairs))
        else:
            self._press(urlsplit(self.path).path, dict(pairs))

    def _api(self, answer: Callable[[], Thing]) -> None:
        try:
            if not self.headers.get("Authorization", "").startswith("Bearer sk_"):
                raise Problem("You did not provide an API key.", status=401)
            with self.server.provider.lock:
                status, body = 200, answer()
                self.server.provider.keep()
        except Problem as problem:
            status, body = problem.status, problem.body
        except (KeyError, ValueError) as error:
            status, body = 400, Problem(f"Missing or wrong: {error}", code="parameter_missing").body
        if self.server.drops > 0 and self.command == "POST":  # done, and nobody hears of it
            self.server.drops -= 1
            self.close_connection = True
            return
        self._answer(status, json.dumps(body), "application/json")

    def _keyed(self, path: str, pairs: list[tuple[str, str]]) -> Thing:
        key, provider = self.headers.get("Idempotency-Key", ""), self.server.provider
        asked = [path, *sorted(f"{name}={value}" for name, value in pairs)]
        first = provider.answers.get(key) if key else None
        if first is not None:
            if first["asked"] != asked:
                raise Problem("Keys for idempotent requests can only be used with the same parameters.",
                              kind="idempotency_error")  # fmt: skip
            self.server.replays += 1
        else:
            first = {"asked": asked, "answer": self._done(path, nested(pairs))}
            if key:
                provider.answers[key] = first
        return dict(first["answer"])

    def _done(self, path: str, asked: Thing) -> Thing:
        for pattern, act in POST:
            if found := re.fullmatch(pattern, path):
                return expanded(self.server.provider, act(self.server.provider, asked, *found.groups()), [])
        raise Problem(f"Unrecognized request URL (POST: {path}).", status=404)

    def _read(self, path: str, asked: Thing) -> Thing:
        provider = self.server.provider
        expand = asked.get("expand", [])
        if path == "/v1/balance":
            currencies = sorted({row["currency"] for row in provider.all("balance_transaction")})
            held = [{"currency": currency, "amount": provider.balance(currency)} for currency in currencies]
            return {"object": "balance", "available": held, "pending": []}
        for name, (kind, filters) in KINDS.items():
            if path == f"/v1/{name}":
                inner = [path.removeprefix("data.") for path in expand]
                listed = provider.page(kind, asked, *filters)
                return listed | {"data": [expanded(provider, row, inner) for row in listed["data"]]}
            if found := re.fullmatch(f"/v1/{name}/{ID}", path):
                return expanded(provider, provider.get(kind, found[1]), expand)
        raise Problem(f"Unrecognized request URL (GET: {path}).", status=404)

    def _page(self, path: str) -> None:
        kind, _, number = path.strip("/").partition("/")
        try:
            thing = self.server.provider.get({"pay": "checkout.session", "onboard": "account"}.get(kind, ""), number)
        except Problem:
            self._answer(404, "Not found", "text/plain")
            return
        self._answer(200, PAGES[kind](thing), "text/html")

    def _press(self, path: str, pressed: dict[str, str]) -> None:
        """A button of a page: then back to the market, or to the page again."""
        kind, _, number = path.strip("/").partition("/")
        provider, act, back = self.server.provider, pressed.get("act", ""), path
        with provider.lock:
            try:
                if kind == "onboard":
                    back = provider.onboard(number)["return_url"]
                elif act == "decline":
                    provider.decline(number)
                    back = f"{path}?declined"
                elif act in ("card", "alipay", "wechat_pay"):
                    paid = provider.pay(number, act)
                    back = paid["success_url"].replace("{CHECKOUT_SESSION_ID}", number)
            except Problem as problem:
                self._answer(problem.status, str(problem), "text/plain")
                return
            provider.keep()
        self.send_response(303)
        self.send_header("Location", back)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _answer(self, status: int, body: str, kind: str) -> None:
        data = body.encode()
        self.send_response(status)
        self.send_header("Content-Type", f"{kind}; charset=utf-8")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)


class StandIn(ThreadingHTTPServer):
    """The stand-in, listening; `drops` answers to the next POSTs are lost on the way, `replays` counts repeated keys."""

    daemon_threads = True

    def __init__(self, provider: Provider, webhooks: Webhooks, host: str = "127.0.0.1", port: int = 0) -> None:
        super().__init__((host, port), Door)
        self.provider, self.webhooks, self.drops, self.replays = provider, webhooks, 0, 0
        provider.address = self.url = f"http://{host}:{self.server_address[1]}"
        provider.on_event = webhooks.tell

    def start(self) -> None:
        """Serve in a thread of its own."""
        threading.Thread(target=self.serve_forever, args=(0.05,), name="stand-in", daemon=True).start()


_HEAD = (
    '<!DOCTYPE html><html lang="zh-Hans"><head><meta charset="utf-8">'
    '<meta name="viewport" content="width=device-width,initial-scale=1"><title>{title}</title><style>'
    "body{{font:16px/1.6 system-ui,sans-serif;max-width:26rem;margin:3rem auto;padding:0 1rem;color:#1c2430;background:#fff}}"
    "button{{display:block;width:100%;padding:.7rem;margin:.6rem 0;border:1px solid #33475b;border-radius:6px;"
    "font:inherit;background:#fff;color:#1c2430;cursor:pointer}}.main{{background:#123a5c;color:#fff}}"
    "small{{color:#4a5663}}</style></head><body><main>"
)
_FOOT = "<p><small>演示收银台，不会扣款。 A stand-in for Stripe: nobody is charged.</small></p></main></body></html>"
_WORDS = {"card": "银行卡付款 Pay by card", "alipay": "支付宝付款 Pay with Alipay", "wechat_pay": "微信支付 WeChat Pay"}


def _pay_page(session: Thing) -> str:
    places = 0 if session["currency"] in ("jpy", "krw") else 3 if session["currency"] == "kwd" else 2
    figure = f"{session['currency'].upper()} {session['amount_total'] / 10**places:,.{places}f}"
    head = _HEAD.format(title="收银台 Checkout") + f"<h1>{figure}</h1><p>{escape(session['about'])}</p>"
    if session["status"] != "open":
        return f"{head}<p>此页面已失效。 This page is {session['status']}.</p>{_FOOT}"
    buttons = "".join(
        f'<button class="{"main" if name == "card" else ""}" name="act" value="{name}">{_WORDS[name]}</button>'
        for name in session["payment_method_types"]
    )
    back = f'<p><a href="{escape(session["cancel_url"] or "/")}">返回 Back</a></p>'
    decline = '<button name="act" value="decline">银行卡被拒 The card is declined</button>'
    return f'{head}<form method="post">{buttons}{decline}</form>{back}{_FOOT}'


def _onboard_page(account: Thing) -> str:
    head = (
        _HEAD.format(title="收款账户 Account")
        + f"<h1>收款账户 Account</h1><p>{account['id']} ({account['country']})</p>"
    )
    return f'{head}<form method="post"><button class="main">资料已填完 Everything is entered</button></form>{_FOOT}'


PAGES: dict[str, Callable[[Thing], str]] = {"pay": _pay_page, "onboard": _onboard_page}
