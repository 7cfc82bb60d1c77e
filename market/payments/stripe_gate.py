"""The one file that speaks to Stripe: what the market asks there, in and out as plain values of our own.

Nothing here touches the database, and nothing here may be called while a transaction is open. Amounts are minor units on
both sides: of the currencies the market knows, Stripe counts the yen and the won without decimals and the dinar with three,
as ISO 4217 does.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from hashlib import sha256
from typing import Any

import stripe
from django.conf import settings
from django.db import connection

from market.kernel import clock
from market.kernel.errors import ensure
from market.kernel.money import EXPONENTS, Money, total
from market.payments.online.values import Dispute, Event, Movement, Onboarding, Payment, Refund, Transfer

stripe.enable_telemetry = False
TIMEOUT = (5.0, 20.0)  # seconds to connect and to answer
TOLERANCE = 300  # seconds a webhook's signature may be old, or ahead
CHARGED = ["payment_intent.latest_charge.balance_transaction"]


class Unanswered(Exception):
    """Stripe gave no answer that says whether it did what was asked: ask again, under the same key."""


class Declined(Exception):
    """Stripe says no, and will say so again."""


class Forged(Exception):
    """A webhook that Stripe did not sign, or signed too long ago."""


def is_on() -> bool:
    """Whether this market has keys; without them everything is paid by bank transfer."""
    return bool(settings.STRIPE_KEY)


def is_live() -> bool:
    """Whether the key moves real money."""
    return "_live_" in settings.STRIPE_KEY


@cache
def _client(key: str, api: str) -> stripe.StripeClient:
    http = stripe.RequestsClient(timeout=TIMEOUT)
    where: Any = {"base_addresses": {"api": api}} if api else {}
    return stripe.StripeClient(key, http_client=http, max_network_retries=0, **where)


class _Asking:
    """`with _Asking() as stripe_api:` no transaction is open, and errors are ours."""

    def __enter__(self) -> Any:
        ours = [block for block in connection.atomic_blocks if not getattr(block, "_from_testcase", False)]
        ensure(not ours, "Stripe is asked inside a transaction")
        return _client(settings.STRIPE_KEY, settings.STRIPE_API).v1

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if not isinstance(error, stripe.StripeError):
            return
        said = str(error.user_message or error)[:300]
        unsure = isinstance(error, stripe.APIConnectionError | stripe.RateLimitError | stripe.APIError)
        wrong_key = isinstance(error, stripe.AuthenticationError | stripe.PermissionError)  # an operator mends it
        if unsure or wrong_key or error.http_status in (409, 429) or (error.http_status or 500) >= 500:
            raise Unanswered(said) from error
        raise Declined(said) from error


def open_checkout(
    *,
    ref: str,
    amount: Money,
    methods: Sequence[str],
    about: str,
    email: str,
    back: str,
    expires_at: datetime,
) -> Payment:
    """A page at Stripe on which exactly `amount` can be paid until `expires_at`; `ref` is the idempotency key."""
    options: dict[str, Any] = {"wechat_pay": {"client": "web"}} if "wechat_pay" in methods else {}
    asked: dict[str, Any] = {
        "mode": "payment",
        "client_reference_id": ref,
        "metadata": {"ref": ref},
        "payment_intent_data": {"metadata": {"ref": ref}},
        "payment_method_types": list(methods),
        "payment_method_options": options,
        "line_items": [
            {
                "quantity": 1,
                "price_data": {
                    "currency": amount.currency.lower(),
                    "unit_amount": amount.minor,
                    "product_data": {"name": about},
                },
            }
        ],
        "customer_email": email,
        "success_url": back,
        "cancel_url": back,
        "expires_at": int(expires_at.timestamp()),
    }
    with _Asking() as api:
        return _of_session(api.checkout.sessions.create(asked, {"idempotency_key": ref}))


def expire_checkout(session: str) -> None:
    """Close the page, so that nobody pays what is no longer owed; a page that is closed already stays so."""
    with _Asking() as api:
        try:
            api.checkout.sessions.expire(session)
        except stripe.InvalidRequestError:
            return


def payment_of_session(session: str) -> Payment:
    """The payment as it stands now."""
    with _Asking() as api:
        return _of_session(api.checkout.sessions.retrieve(session, {"expand": CHARGED}))


def payment(intent: str) -> Payment:
    """The payment by its PaymentIntent, as it stands now."""
    with _Asking() as api:
        expand = [path.removeprefix("payment_intent.") for path in CHARGED]
        found = _plain(api.payment_intents.retrieve(intent, {"expand": expand}))
        return _of_intent(found)


def refund(*, ref: str, intent: str, amount: Money) -> Refund:
    """Send `amount` of a payment back to where it came from; `ref` is the idempotency key."""
    asked = {"payment_intent": intent, "amount": amount.minor, "metadata": {"ref": ref}}
    with _Asking() as api:
        return _of_refund(_plain(api.refunds.create(asked, {"idempotency_key": ref})))


def refund_now(number: str) -> Refund:
    """The refund as it stands now."""
    with _Asking() as api:
        return _of_refund(_plain(api.refunds.retrieve(number)))


def refunds_of(intent: str) -> list[Refund]:
    """Every refund of a payment, ours and those made by hand at Stripe."""
    with _Asking() as api:
        found = api.refunds.list({"payment_intent": intent, "limit": 100})
        return [_of_refund(_plain(row)) for row in found.data]


def transfer(*, ref: str, account: str, amount: Money) -> Transfer:
    """Move `amount` of our balance at Stripe to a connected account; `ref` is the idempotency key."""
    asked = {
        "amount": amount.minor,
        "currency": amount.currency.lower(),
        "destination": account,
        "transfer_group": ref,
        "metadata": {"ref": ref},
    }
    with _Asking() as api:
        return _of_transfer(_plain(api.transfers.create(asked, {"idempotency_key": ref})))


def transfer_now(number: str) -> Transfer:
    """The transfer by its number."""
    with _Asking() as api:
        return _of_transfer(_plain(api.transfers.retrieve(number)))


def transfer_made(ref: str) -> Transfer | None:
    """The transfer made under `ref`, when there is one."""
    with _Asking() as api:
        found = api.transfers.list({"transfer_group": ref, "limit": 1}).data
        return _of_transfer(_plain(found[0])) if found else None


def open_account(*, ref: str, country: str, email: str) -> Onboarding:
    """A connected account for a payee in `country`; `ref` is the idempotency key."""
    asked = {
        "type": "express",
        "country": country,
        "email": email,
        "capabilities": {"transfers": {"requested": True}},
        "metadata": {"ref": ref},
    }
    with _Asking() as api:
        return _of_account(_plain(api.accounts.create(asked, {"idempotency_key": ref})))


def account_now(number: str) -> Onboarding:
    """The connected account as it stands now."""
    with _Asking() as api:
        return _of_account(_plain(api.accounts.retrieve(number)))


def onboarding_page(number: str, *, back: str) -> str:
    """A page at Stripe, good for some minutes, on which the payee says who it is."""
    asked = {"account": number, "refresh_url": back, "return_url": back, "type": "account_onboarding"}
    with _Asking() as api:
        return str(api.account_links.create(asked).url)


def dispute_now(number: str) -> Dispute:
    """The dispute as it stands now."""
    with _Asking() as api:
        return _of_dispute(_plain(api.disputes.retrieve(number)))


def movements(since: datetime) -> Iterator[Movement]:
    """Every balance transaction since, newest first: all that ever moved money at Stripe."""
    with _Asking() as api:
        asked = {"created": {"gte": int(since.timestamp())}, "limit": 100, "expand": ["data.source"]}
        for row in api.balance_transactions.list(asked).auto_paging_iter():
            found = _plain(row)
            source = found["source"] if isinstance(found["source"], Mapping) else {}
            told = source.get("metadata") or {}
            if _known(found["currency"]):
                yield Movement(
                    id=found["id"],
                    kind=found["type"],
                    source=_id(found["source"]) or "",
                    ref=str(told.get("ref", "")),
                    intent=_id(source.get("payment_intent")) or "",
                    agency=str(told.get("agency", "")),
                    amount=_money(found["amount"], found["currency"]),
                    fee=_money(found["fee"], found["currency"]),
                    at=_moment(found["created"]),
                )


def balances() -> dict[str, Money]:
    """What the account holds at Stripe, available or on its way, by currency."""
    with _Asking() as api:
        found = _plain(api.balance.retrieve())
    rows = [row for row in (*found["available"], *found["pending"]) if _known(row["currency"])]
    currencies = {row["currency"].upper() for row in rows}
    return {
        currency: total(
            [_money(row["amount"], currency) for row in rows if row["currency"].upper() == currency], currency
        )
        for currency in sorted(currencies)
    }


def read_event(body: bytes, header: str) -> Event:
    """A webhook's event, when one of our secrets signed exactly these bytes within five minutes. Forged otherwise."""
    _check_signature(body, header)
    try:
        told = json.loads(body)
        about = told["data"]["object"]
        return Event(
            id=str(told["id"]),
            kind=str(told["type"]),
            about=str(about["id"]),
            account=str(told.get("account") or ""),
            live=told["livemode"] is True,
            intent=_id(about.get("payment_intent")) or "",
            sha256=sha256(body).hexdigest(),
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise Forged(f"not an event with its object: {error}") from error


def _check_signature(body: bytes, header: str) -> None:
    for secret in settings.STRIPE_WEBHOOK_SECRETS:
        try:
            stripe.WebhookSignature.verify_header(body, header, secret, TOLERANCE)
        except (stripe.SignatureVerificationError, UnicodeDecodeError):
            continue
        signed_at = next(int(part[2:]) for part in header.split(",") if part.startswith("t="))
        if signed_at > clock.now().timestamp() + TOLERANCE:
            raise Forged("signed in the future")
        return
    raise Forged("no secret of ours signed it in the last five minutes")


def _plain(found: Any) -> dict[str, Any]:
    """An object of the SDK as a dictionary."""
    told: dict[str, Any] = found.to_dict()
    return told


def _id(found: Any) -> str | None:
    """The id of what may be expanded or not."""
    return found["id"] if isinstance(found, Mapping) else found


def _known(currency: str) -> bool:
    return currency.upper() in EXPONENTS


def _money(minor: int, currency: str) -> Money:
    return Money(minor, currency.upper())


def _moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def _of_session(session: Any) -> Payment:
    found = _plain(session)
    intent = found.get("payment_intent")
    told = _of_intent(intent) if isinstance(intent, Mapping) else None
    state = "open"
    if told is not None and told.state == "paid":
        state = "paid"
    elif found["status"] == "expired":
        state = "expired"
    elif found["status"] == "complete":
        state = "failed" if told is not None and told.state == "open" else "processing"
    return Payment(
        ref=str(found["metadata"].get("ref", "")),
        state=state,
        session=found["id"],
        intent=_id(intent) or "",
        url=found.get("url") or "",
        received=told.received if told and state == "paid" else None,
        fee=told.fee if told and state == "paid" else None,
        method=told.method if told else "",
        paid_at=told.paid_at if told else None,
        live=found["livemode"] is True,
    )


def _of_intent(found: Mapping[str, Any]) -> Payment:
    """A PaymentIntent says only whether money came or is on its way: the page it belongs to may still be open."""
    paid = found["status"] == "succeeded"
    charge = found.get("latest_charge")
    charged: Mapping[str, Any] = charge if isinstance(charge, Mapping) else {}
    moved = charged.get("balance_transaction")
    fee = moved if isinstance(moved, Mapping) and moved["currency"] == found["currency"] else None
    return Payment(
        ref=str(found["metadata"].get("ref", "")),
        state="paid" if paid else "processing" if found["status"] == "processing" else "open",
        session="",
        intent=found["id"],
        url="",
        received=_money(found["amount_received"], found["currency"]) if paid else None,
        fee=_money(fee["fee"], fee["currency"]) if paid and fee else None,
        method=str((charged.get("payment_method_details") or {}).get("type", "")),
        paid_at=_moment(charged["created"]) if charged else None,
        live=found["livemode"] is True,
    )


def _of_refund(found: Mapping[str, Any]) -> Refund:
    state = {"succeeded": "succeeded", "failed": "failed", "canceled": "failed"}.get(found["status"], "pending")
    return Refund(
        ref=str((found.get("metadata") or {}).get("ref", "")),
        id=found["id"],
        intent=_id(found["payment_intent"]) or "",
        state=state,
        amount=_money(found["amount"], found["currency"]),
        reason=str(found.get("failure_reason") or ""),
    )


def _of_transfer(found: Mapping[str, Any]) -> Transfer:
    return Transfer(ref=str(found["metadata"].get("ref", "")), id=found["id"], account=_id(found["destination"]) or "")


def _of_account(found: Mapping[str, Any]) -> Onboarding:
    transfers = (found.get("capabilities") or {}).get("transfers")
    return Onboarding(
        ref=str((found.get("metadata") or {}).get("ref", "")),
        id=found["id"],
        ready=bool(found.get("payouts_enabled")) and transfers == "active",
    )


def _of_dispute(found: Mapping[str, Any]) -> Dispute:
    """An inquiry ("warning_…") takes no money; what Stripe took shows in the dispute's own balance transactions."""
    state = "inquiry" if found["status"].startswith("warning_") else "opened"
    state = {"won": "won", "lost": "lost", "warning_closed": "closed"}.get(found["status"], state)
    taken = [row for row in found.get("balance_transactions") or [] if row["amount"] < 0]
    return Dispute(
        id=found["id"],
        intent=_id(found["payment_intent"]) or "",
        state=state,
        reason=str(found.get("reason") or "")[:60],
        amount=_money(found["amount"], found["currency"]),
        fee=_money(sum(row["fee"] for row in taken), found["currency"]),
    )
