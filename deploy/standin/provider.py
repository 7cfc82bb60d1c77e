"""What the stand-in does when asked: sessions paid, refunds, connected accounts, transfers, disputes."""

import time
from typing import Any

from deploy.standin.objects import Memory, Problem, Thing

LARGEST = 99_999_999  # minor units of one payment, as Stripe takes at most eight digits
ASYNC_REFUNDS = ("alipay", "wechat_pay")


class Provider(Memory):
    """One platform account. What a person or a bank does at Stripe (pay, dispute, fail) is a method of its own."""

    address = "http://127.0.0.1"  # where its own pages are; the server sets it

    # -- checkout ----------------------------------------------------------------------------------------------------

    def open_session(self, asked: Thing) -> Thing:
        """POST /v1/checkout/sessions: one sum, a page to pay it on."""
        price = asked["line_items"][0]["price_data"]
        amount, currency = int(price["unit_amount"]), price["currency"]
        if not 0 < amount <= LARGEST:
            raise Problem("The amount must have at most eight digits.", code="amount_too_large")
        methods = asked.get("payment_method_types", ["card"])
        if currency != "cny" and "wechat_pay" in methods:
            raise Problem("wechat_pay cannot be used with this currency.")
        if "wechat_pay" in methods and "wechat_pay" not in asked.get("payment_method_options", {}):
            raise Problem("payment_method_options[wechat_pay][client] is missing.", code="parameter_missing")
        made = self.make(
            "cs_test",
            "checkout.session",
            status="open",
            payment_status="unpaid",
            payment_intent=None,
            amount_total=amount,
            currency=currency,
            payment_method_types=methods,
            client_reference_id=asked.get("client_reference_id"),
            metadata=asked.get("metadata", {}),
            expires_at=int(asked.get("expires_at", time.time() + 86_400)),
            success_url=asked["success_url"],
            cancel_url=asked.get("cancel_url"),
            livemode=False,
            about=price["product_data"]["name"],
            handed_on=asked.get("payment_intent_data", {}),
        )
        made["url"] = f"{self.address}/pay/{made['id']}"
        return made

    def expire_session(self, number: str) -> Thing:
        """POST /v1/checkout/sessions/:id/expire."""
        session = self._open_session(number)
        session |= {"status": "expired", "url": None}
        self.event("checkout.session.expired", session)
        return session

    def _open_session(self, number: str) -> Thing:
        session = self.get("checkout.session", number)
        if session["status"] == "open" and session["expires_at"] < time.time():
            session |= {"status": "expired", "url": None}
            self.event("checkout.session.expired", session)
        if session["status"] != "open":
            raise Problem(f"The session is {session['status']}.", code="checkout_session_not_open")
        return session

    def pay(self, number: str, method: str = "card", *, amount: int | None = None, later: bool = False) -> Thing:
        """Somebody pays on the page: at once, or so that the bank only says later whether it does (`settle`)."""
        session = self._open_session(number)
        intent = self._intent(session, method, amount or session["amount_total"])
        session |= {"status": "complete", "url": None}
        if later:
            intent["status"] = "processing"
            self.event("payment_intent.processing", intent)
            self.event("checkout.session.completed", session)
            return session
        self._succeed(intent, method)
        session["payment_status"] = "paid"
        self.event("checkout.session.completed", session)
        return session

    def decline(self, number: str) -> Thing:
        """The card is declined; the session stays open for another try."""
        session = self._open_session(number)
        intent = self._intent(session, "card", session["amount_total"])
        intent |= {"status": "requires_payment_method", "last_payment_error": {"code": "card_declined"}}
        self.event("payment_intent.payment_failed", intent)
        return session

    def settle(self, number: str, *, succeeds: bool) -> Thing:
        """What was paid `later` arrives, or does not."""
        session = self.get("checkout.session", number)
        intent = self.get("payment_intent", session["payment_intent"])
        if succeeds:
            self._succeed(intent, intent["payment_method_types"][0])
            session["payment_status"] = "paid"
            self.event("checkout.session.async_payment_succeeded", session)
        else:
            intent["status"] = "requires_payment_method"
            self.event("payment_intent.payment_failed", intent)
            self.event("checkout.session.async_payment_failed", session)
        return session

    def _intent(self, session: Thing, method: str, amount: int) -> Thing:
        if session["payment_intent"]:
            intent = self.get("payment_intent", session["payment_intent"])
            intent |= {"amount": amount, "payment_method_types": [method]}
            return intent
        intent = self.make(
            "pi",
            "payment_intent",
            status="requires_payment_method",
            amount=amount,
            amount_received=0,
            currency=session["currency"],
            metadata=session["handed_on"].get("metadata", {}),
            payment_method_types=[method],
            latest_charge=None,
            livemode=False,
        )
        session["payment_intent"] = intent["id"]
        return intent

    def _succeed(self, intent: Thing, method: str) -> None:
        fee = max(intent["amount"] * 29 // 1000, 1)
        charge = self.make(
            "ch",
            "charge",
            amount=intent["amount"],
            amount_refunded=0,
            currency=intent["currency"],
            payment_intent=intent["id"],
            metadata=intent["metadata"],
            payment_method_details={"type": method},
            livemode=False,
            disputed=False,
        )
        moved = self.movement("charge", intent["amount"], intent["currency"], charge, fee=fee)
        charge["balance_transaction"] = moved["id"]
        intent |= {"status": "succeeded", "amount_received": intent["amount"], "latest_charge": charge["id"]}
        self.event("charge.succeeded", charge)
        self.event("payment_intent.succeeded", intent)

    # -- refunds -----------------------------------------------------------------------------------------------------

    def refund(self, asked: Thing) -> Thing:
        """POST /v1/refunds: part or all of a payment goes back to where it came from."""
        intent = self.get("payment_intent", asked["payment_intent"])
        if not intent["latest_charge"]:
            raise Problem("This PaymentIntent does not have a successful charge to refund.")
        charge = self.get("charge", intent["latest_charge"])
        amount = int(asked.get("amount", charge["amount"] - charge["amount_refunded"]))
        if amount > charge["amount"] - charge["amount_refunded"]:
            raise Problem("Refund amount is greater than unrefunded amount on charge.", code="charge_already_refunded")
        later = charge["payment_method_details"]["type"] in ASYNC_REFUNDS
        made = self.make(
            "re",
            "refund",
            status="pending" if later else "succeeded",
            amount=amount,
            currency=charge["currency"],
            charge=charge["id"],
            payment_intent=intent["id"],
            metadata=asked.get("metadata", {}),
        )
        made["balance_transaction"] = self.movement("refund", -amount, charge["currency"], made)["id"]
        charge["amount_refunded"] += amount
        self.event("refund.created", made)
        self.event("charge.refunded", charge)
        return made

    def settle_refund(self, number: str) -> Thing:
        """The wallet or bank took a refund."""
        refund = self.get("refund", number)
        refund["status"] = "succeeded"
        self.event("refund.updated", refund)
        return refund

    def fail_refund(self, number: str, reason: str = "expired_or_canceled_card") -> Thing:
        """The bank sends a refund back: the money is in the account again."""
        refund = self.get("refund", number)
        back = self.movement("refund_failure", refund["amount"], refund["currency"], refund)
        refund |= {"status": "failed", "failure_reason": reason, "failure_balance_transaction": back["id"]}
        self.get("charge", refund["charge"])["amount_refunded"] -= refund["amount"]
        self.event("refund.failed", refund)
        return refund

    # -- connected accounts and transfers ----------------------------------------------------------------------------

    def open_account(self, asked: Thing) -> Thing:
        """POST /v1/accounts: an account of somebody else's, which cannot be paid yet."""
        made = self.make(
            "acct",
            "account",
            type=asked.get("type", "express"),
            country=asked.get("country", "US"),
            payouts_enabled=False,
            details_submitted=False,
            capabilities={"transfers": "inactive"},
            metadata=asked.get("metadata", {}),
        )
        self.event("account.updated", made, account=made["id"])
        return made

    def link(self, asked: Thing) -> Thing:
        """POST /v1/account_links: the page on which the account's owner says who it is."""
        account = self.get("account", asked["account"])
        account["return_url"] = asked["return_url"]
        return {"object": "account_link", "url": f"{self.address}/onboard/{account['id']}"}

    def onboard(self, number: str) -> Thing:
        """The owner has said everything: the account can be paid."""
        account = self.get("account", number)
        account |= {"payouts_enabled": True, "details_submitted": True, "capabilities": {"transfers": "active"}}
        self.event("account.updated", account, account=account["id"])
        return account

    def transfer(self, asked: Thing) -> Thing:
        """POST /v1/transfers: money of this account to a connected one."""
        account = self.get("account", asked["destination"])
        if account["capabilities"]["transfers"] != "active":
            raise Problem("The destination account cannot be paid.", code="insufficient_capabilities_for_transfer")
        amount, currency = int(asked["amount"]), asked["currency"]
        if amount > self.balance(currency):
            raise Problem("You have insufficient available funds.", code="balance_insufficient")
        made = self.make(
            "tr",
            "transfer",
            amount=amount,
            currency=currency,
            destination=account["id"],
            transfer_group=asked.get("transfer_group"),
            metadata=asked.get("metadata", {}),
            reversed=False,
        )
        made["balance_transaction"] = self.movement("transfer", -amount, currency, made)["id"]
        self.event("transfer.created", made)
        return made

    # -- disputes ----------------------------------------------------------------------------------------------------

    def dispute(self, intent_number: str, *, fee: int = 1500) -> Thing:
        """The cardholder's bank takes a payment back until it is decided who keeps it."""
        intent = self.get("payment_intent", intent_number)
        charge = self.get("charge", intent["latest_charge"])
        made = self.make(
            "dp",
            "dispute",
            status="needs_response",
            reason="fraudulent",
            amount=charge["amount"],
            currency=charge["currency"],
            charge=charge["id"],
            payment_intent=intent["id"],
            livemode=False,
        )
        taken = self.movement("adjustment", -charge["amount"], charge["currency"], made, fee=fee)
        made["balance_transactions"] = [taken]
        charge["disputed"] = True
        self.event("charge.dispute.created", made)
        return made

    def decide(self, number: str, status: str) -> Thing:
        """A dispute ends: "won" gives the money and the fee back, "lost" does not."""
        dispute = self.get("dispute", number)
        dispute["status"] = status
        if status == "won":
            fee = dispute["balance_transactions"][0]["fee"]
            back = self.movement("adjustment", dispute["amount"], dispute["currency"], dispute, fee=-fee)
            dispute["balance_transactions"].append(back)
        self.event("charge.dispute.closed", dispute)
        return dispute

    def pay_bank(self, amount: int, currency: str, **metadata: Any) -> Thing:
        """The account's own money goes to its own bank account."""
        made = self.make("po", "payout", amount=amount, currency=currency, status="paid", metadata=metadata)
        self.movement("payout", -amount, currency, made)
        self.event("payout.paid", made)
        return made
