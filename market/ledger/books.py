"""The only hand that moves money in the books: transfers and holds, each asked for by a unique ref."""

from django.db import transaction
from django.db.models import Q, Sum

from market.kernel.errors import Refused
from market.kernel.money import Money
from market.ledger.models import Account, Hold, HoldOutcome, Transfer

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

    Refused `ledger.currency` when it exists in another currency.
    """
    kind, overdraft = FAMILIES[code.split(":", 1)[0]]
    found, _ = Account.objects.get_or_create(
        code=code, defaults={"kind": kind, "currency": currency, "overdraft": overdraft}
    )
    if found.currency != currency:
        raise Refused("ledger.currency", account=code, currency=found.currency)
    return found


def _pair(amount: Money, debit: str, credit: str) -> tuple[Account, Account]:
    """Both accounts, locked in ascending pk so that two movements never wait for each other in a circle."""
    wanted = {account(code, amount.currency).pk for code in (debit, credit)}
    locked = {row.code: row for row in Account.objects.select_for_update().filter(pk__in=wanted).order_by("pk")}
    return locked[debit], locked[credit]


def _same(row: Transfer | Hold, amount: Money, debit: str, credit: str) -> bool:
    return (row.amount, row.debit.code, row.credit.code) == (amount, debit, credit)


@transaction.atomic
def transfer(amount: Money, *, debit: str, credit: str, ref: str, memo: str) -> Transfer:
    """Move `amount` from the account `debit` to the account `credit`. The same `ref` again returns the first transfer.

    Refused: `ledger.ref_reused` (same ref, other content), `ledger.overdrawn`, `ledger.currency`.
    """
    known = Transfer.objects.select_related("debit", "credit").filter(ref=ref).first()
    if known is not None:
        if not _same(known, amount, debit, credit):
            raise Refused("ledger.ref_reused", ref=ref)
        return known
    source, target = _pair(amount, debit, credit)
    known = Transfer.objects.select_related("debit", "credit").filter(ref=ref).first()
    if known is not None and _same(known, amount, debit, credit):
        return known
    _require(source, target, amount)
    return Transfer.objects.create(
        ref=ref, debit=source, credit=target, amount_minor=amount.minor, currency=amount.currency, memo=memo
    )


@transaction.atomic
def hold(amount: Money, *, debit: str, credit: str, ref: str, memo: str) -> Hold:
    """Set `amount` aside on the account `debit` for `credit` until it is posted or voided. Repeats return the first.

    Refused: `ledger.ref_reused`, `ledger.overdrawn`, `ledger.currency`.
    """
    source, target = _pair(amount, debit, credit)
    known = Hold.objects.select_related("debit", "credit").filter(ref=ref).first()
    if known is not None:
        if not _same(known, amount, debit, credit):
            raise Refused("ledger.ref_reused", ref=ref)
        return known
    _require(source, target, amount)
    return Hold.objects.create(
        ref=ref, debit=source, credit=target, amount_minor=amount.minor, currency=amount.currency, memo=memo
    )


@transaction.atomic
def post(ref: str) -> Transfer:
    """Turn the hold `ref` into a transfer of the same ref. Again: the same transfer. Refused `ledger.hold_ended` if void."""
    held, outcome = _locked_hold(ref)
    if outcome is not None:
        if outcome.transfer is None:
            raise Refused("ledger.hold_ended", ref=ref)
        return outcome.transfer
    moved = Transfer.objects.create(
        ref=ref,
        debit=held.debit,
        credit=held.credit,
        amount_minor=held.amount_minor,
        currency=held.currency,
        memo=held.memo,
    )
    HoldOutcome.objects.create(hold=held, transfer=moved)
    return moved


@transaction.atomic
def void(ref: str) -> None:
    """Give back what the hold `ref` set aside. Again: nothing more. Refused `ledger.hold_ended` if it was posted."""
    held, outcome = _locked_hold(ref)
    if outcome is None:
        HoldOutcome.objects.create(hold=held, transfer=None)
    elif outcome.transfer is not None:
        raise Refused("ledger.hold_ended", ref=ref)


def _locked_hold(ref: str) -> tuple[Hold, HoldOutcome | None]:
    held = Hold.objects.select_related("debit", "credit").select_for_update(of=("self",)).get(ref=ref)
    return held, HoldOutcome.objects.select_related("transfer").filter(hold=held).first()


def _require(source: Account, target: Account, amount: Money) -> None:
    """An account that may not be overdrawn keeps at least zero on its normal side, held money not counted."""
    for row, shrinks in ((source, source.kind != Account.Kind.ASSET), (target, target.kind == Account.Kind.ASSET)):
        if shrinks and not row.overdraft and available(row.code, row.currency) < amount:
            raise Refused("ledger.overdrawn", account=row.code, available=available(row.code, row.currency))


def _sum(code: str, side: str) -> int:
    return Transfer.objects.filter(**{f"{side}__code": code}).aggregate(sum=Sum("amount_minor"))["sum"] or 0


def balance(code: str, currency: str = "CNY") -> Money:
    """What the account holds on its normal side; an account nobody opened holds nothing."""
    row = Account.objects.filter(code=code).first()
    if row is None:
        return Money.zero(currency)
    net = _sum(code, "credit") - _sum(code, "debit")
    return Money(-net if row.kind == Account.Kind.ASSET else net, row.currency)


def held(code: str, currency: str = "CNY") -> Money:
    """What open holds have set aside on the account."""
    pending = Hold.objects.filter(Q(debit__code=code), outcome=None).aggregate(sum=Sum("amount_minor"))["sum"] or 0
    return Money(pending, currency)


def available(code: str, currency: str = "CNY") -> Money:
    """The balance less what is held."""
    whole = balance(code, currency)
    return whole - held(code, whole.currency)
