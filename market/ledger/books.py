"""The only hand that moves money in the books: transfers and holds, each asked for by a unique ref.

The database guards the same rules again (migration 0002), so that a slip here is a fault and never a loss.
"""

from typing import TypeVar

from django.db import IntegrityError, transaction
from django.db.models import QuerySet, Sum

from market.kernel.errors import Refused, ensure
from market.kernel.money import Money
from market.ledger.models import Account, Hold, Transfer, Void

Row = TypeVar("Row", Transfer, Hold)

# The normal side and the overdraft rule of each family of accounts, by the word before the first colon.
# Only the outside world may be "overdrawn": the bank account mirrors what others hold for us.
FAMILIES = {
    "bank": (Account.Kind.ASSET, True),
    "deposit": (Account.Kind.LIABILITY, False),
    "escrow": (Account.Kind.LIABILITY, False),
    "payable": (Account.Kind.LIABILITY, False),
    "commission": (Account.Kind.INCOME, False),
}


def account(code: str, currency: str) -> Account:
    """The account `code` ("escrow:lot:L-…"), opened on first use in `currency`; its family says how it behaves.

    Whoever opens it at the same moment gets the same row. Refused `ledger.currency` when it exists in another currency.
    """
    family = code.split(":", 1)[0]
    ensure(family in FAMILIES, f"no family of accounts is called {family}")
    kind, overdraft = FAMILIES[family]
    found, _ = Account.objects.get_or_create(
        code=code, defaults={"kind": kind, "currency": currency, "overdraft": overdraft}
    )
    if found.currency != currency:
        raise Refused("ledger.currency", account=code, currency=found.currency)
    return found


@transaction.atomic
def transfer(amount: Money, *, debit: str, credit: str, ref: str, memo: str) -> Transfer:
    """Move `amount` from the account `debit` to the account `credit`. The same `ref` again returns the first transfer.

    Refused: `ledger.ref_reused` (same ref, other content), `ledger.overdrawn`, `ledger.currency`.
    """
    return _enter(Transfer, amount, debit, credit, ref, memo)


@transaction.atomic
def hold(amount: Money, *, debit: str, credit: str, ref: str, memo: str) -> Hold:
    """Set `amount` aside on the account `debit` for `credit` until it is posted or voided. Repeats return the first.

    Refused: `ledger.ref_reused`, `ledger.overdrawn`, `ledger.currency`.
    """
    return _enter(Hold, amount, debit, credit, ref, memo)


def _enter(kind: type[Row], amount: Money, debit: str, credit: str, ref: str, memo: str) -> Row:
    ensure(amount.minor > 0, f"{ref}: a movement is of more than nothing")
    first = _first(kind, amount, debit, credit, ref)
    if first is not None:
        return first
    opened = {code: account(code, amount.currency) for code in sorted((debit, credit))}
    shrinking = _lock(opened[debit], opened[credit])
    first = _first(kind, amount, debit, credit, ref)  # whoever held the lock may have done the same
    if first is not None:
        return first
    for row in shrinking:
        free = available(row.code, row.currency)
        if free < amount:
            raise Refused("ledger.overdrawn", account=row.code, available=free)
    try:
        with transaction.atomic():
            return kind.objects.create(
                ref=ref,
                debit=opened[debit],
                credit=opened[credit],
                amount_minor=amount.minor,
                currency=amount.currency,
                memo=memo,
            )
    except IntegrityError:  # money coming in locks nothing, so the same ref may have been entered just now
        first = _first(kind, amount, debit, credit, ref)
        if first is None:
            raise
        return first


def _first(kind: type[Row], amount: Money, debit: str, credit: str, ref: str) -> Row | None:
    """What was entered under `ref` before. Refused `ledger.ref_reused` when it was something else."""
    row = kind.objects.select_related("debit", "credit").filter(ref=ref).first()
    if row is not None and (row.amount, row.debit.code, row.credit.code) != (amount, debit, credit):
        raise Refused("ledger.ref_reused", ref=ref)
    return row


def _lock(debit: Account, credit: Account) -> list[Account]:
    """Lock the accounts a movement makes smaller, in ascending pk: a debit shrinks what we owe, a credit what we have.

    Accounts that only grow, or that may be overdrawn, need no lock: receipts never wait for each other.
    """
    asset = Account.Kind.ASSET
    shrinking = [row for row in (debit, credit) if (row.kind == asset) == (row is credit) and not row.overdraft]
    numbers = [row.pk for row in shrinking]
    return list(Account.objects.select_for_update(no_key=True).filter(pk__in=numbers).order_by("pk"))


@transaction.atomic
def post(ref: str) -> Transfer:
    """Turn the hold `ref` into a transfer of the same ref. Again: the same transfer.

    Refused `ledger.hold_ended` if it is void. Raises Hold.DoesNotExist when nothing was held under `ref`.
    """
    held = _locked_hold(ref)
    posted = Transfer.objects.filter(hold=held).first()
    if posted is not None:
        return posted
    if Void.objects.filter(hold=held).exists():
        raise Refused("ledger.hold_ended", ref=ref)
    return Transfer.objects.create(
        ref=ref,
        hold=held,
        debit=held.debit,
        credit=held.credit,
        amount_minor=held.amount_minor,
        currency=held.currency,
        memo=held.memo,
    )


@transaction.atomic
def void(ref: str) -> None:
    """Give back what the hold `ref` set aside. Again: nothing more.

    Refused `ledger.hold_ended` if it was posted. Raises Hold.DoesNotExist when nothing was held under `ref`.
    """
    held = _locked_hold(ref)
    if Transfer.objects.filter(hold=held).exists():
        raise Refused("ledger.hold_ended", ref=ref)
    Void.objects.get_or_create(hold=held)


def _locked_hold(ref: str) -> Hold:
    """The hold, locked after its account: the order every movement keeps."""
    found = Hold.objects.select_related("debit", "credit").get(ref=ref)
    _lock(found.debit, found.credit)
    return Hold.objects.select_related("debit", "credit").select_for_update(of=("self",), no_key=True).get(pk=found.pk)


def balance(code: str, currency: str = "CNY") -> Money:
    """What the account holds on its normal side, in its own currency; one nobody opened holds nothing of `currency`."""
    row = Account.objects.filter(code=code).first()
    if row is None:
        return Money.zero(currency)
    net = _sum(Transfer.objects.filter(credit=row)) - _sum(Transfer.objects.filter(debit=row))
    return Money(-net if row.kind == Account.Kind.ASSET else net, row.currency)


def held(code: str, currency: str = "CNY") -> Money:
    """What open holds have set aside on the account, in its own currency."""
    row = Account.objects.filter(code=code).first()
    if row is None:
        return Money.zero(currency)
    side = "credit" if row.kind == Account.Kind.ASSET else "debit"
    return Money(_sum(Hold.objects.filter(**{side: row}, posting=None, void=None)), row.currency)


def available(code: str, currency: str = "CNY") -> Money:
    """The balance less what is held."""
    return balance(code, currency) - held(code, currency)


def _sum(rows: "QuerySet[Transfer] | QuerySet[Hold]") -> int:
    return rows.aggregate(sum=Sum("amount_minor"))["sum"] or 0
