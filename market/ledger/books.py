"""The only hand that moves money in the books: transfers and holds, each asked for by a unique ref.

The database guards the same rules again (migrations 0002 and 0004), so that a slip here is a fault and never a loss.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple, TypeVar

from django.db import IntegrityError, connection, transaction
from django.db.models import QuerySet, Sum

from market.kernel import clock
from market.kernel.bulk import create_many
from market.kernel.errors import Refused, ensure
from market.kernel.money import Money
from market.ledger.models import Account, Closing, Hold, Rate, Transfer, Void
from market.trail import journal

Row = TypeVar("Row", Transfer, Hold)

# The normal side and the overdraft rule of each family of accounts, by the word before the first colon.
# Only the outside world may be "overdrawn": the accounts at a bank and at Stripe mirror what others hold for us.
# Fees are spent, and grow by debits as what we own does.
FAMILIES = {
    "bank": (Account.Kind.ASSET, True),
    "fx": (Account.Kind.ASSET, True),  # what was given for another currency, touched by exchanges alone
    "stripe": (Account.Kind.ASSET, True),
    "fees": (Account.Kind.ASSET, False),
    "disputed": (Account.Kind.ASSET, False),
    "claim": (Account.Kind.ASSET, False),
    "deposit": (Account.Kind.LIABILITY, False),
    "escrow": (Account.Kind.LIABILITY, False),
    "payable": (Account.Kind.LIABILITY, False),
    "royalty": (Account.Kind.LIABILITY, False),
    "dividend": (Account.Kind.LIABILITY, False),
    "commission": (Account.Kind.INCOME, False),
    "suspense": (Account.Kind.LIABILITY, False),  # came in, and nobody has decided for whom
    "unexplained": (Account.Kind.ASSET, False),  # went out, and nobody has decided what for
    "bankfees": (Account.Kind.ASSET, False),  # what banks took for themselves: it grows by debits as an asset does
    "interest": (Account.Kind.INCOME, False),
}


def account(code: str, currency: str) -> Account:
    """The account `code` ("escrow:lot:L-…"), opened on first use in `currency`; its family says how it behaves.

    Whoever opens it at the same moment gets the same row. Refused `ledger.currency` when it exists in another currency.
    """
    return _opened({code: currency})[code]


def _opened(currencies: dict[str, str]) -> dict[str, Account]:
    """`account` for many, by code; the number of statements does not grow with them."""
    found = {row.code: row for row in _accounts(currencies)}
    fresh = sorted(currencies.keys() - found.keys())
    if fresh:  # in one order, so that two who open the same accounts never wait for each other
        Account.objects.bulk_create([_fresh(code, currencies[code]) for code in fresh], ignore_conflicts=True)
        found |= {row.code: row for row in _accounts(fresh)}
    for code, currency in currencies.items():
        if found[code].currency != currency:
            raise Refused("ledger.currency", account=code, currency=found[code].currency)
    return found


def _fresh(code: str, currency: str) -> Account:
    family = code.split(":", 1)[0]
    ensure(family in FAMILIES, f"no family of accounts is called {family}")
    kind, overdraft = FAMILIES[family]
    return Account(code=code, kind=kind, currency=currency, overdraft=overdraft)


@transaction.atomic
def transfer(amount: Money, *, debit: str, credit: str, ref: str, memo: str, rate: Rate | None = None) -> Transfer:
    """Move `amount` from the account `debit` to the account `credit`. The same `ref` again returns the first transfer.

    A `rate` belongs to the sides of an exchange (`fx.exchange`), and to nothing else. Refused: `ledger.ref_reused` (same
    ref, other content), `ledger.overdrawn`, `ledger.currency`, `ledger.closed`.
    """
    return _enter(Transfer, amount, debit, credit, ref, memo, rate=rate)


class Leg(NamedTuple):
    """One movement of a set: `amount` from the account `debit` to the account `credit`."""

    amount: Money
    debit: str
    credit: str
    memo: str


@transaction.atomic
def transfer_many(legs: Sequence[Leg], *, ref: str) -> None:
    """Move all of `legs` or none, in their order, as the transfers `ref:1`, `ref:2` and so on. Again: nothing more.

    What comes in by one leg may go out by a later one. Statements do not grow with the legs: on PostgreSQL they go in by
    COPY, and whether anybody is overdrawn its guard says once for all. Refused: `ledger.ref_reused`, `ledger.overdrawn`,
    `ledger.currency`.
    """
    if _stand(legs, ref):
        return
    opened = _opened(_currencies(legs))
    pairs = {(leg.debit, leg.credit) for leg in legs}
    shrinking = list(
        _shrinking((opened[debit], opened[credit]) for debit, credit in pairs).values_list("code", flat=True)
    )
    try:
        with transaction.atomic():
            _write(legs, opened, ref)
    except IntegrityError:
        if not _stand(legs, ref):  # somebody may have entered the same set just now
            _refuse_short(legs, opened, available_of(shrinking))
            _refuse_closed()
            raise


def _stand(legs: Sequence[Leg], ref: str) -> bool:
    """Whether the set was entered before. Refused `ledger.ref_reused` when it was another, longer or shorter one."""
    ensure(legs and all(leg.amount.minor > 0 for leg in legs), f"{ref}: a movement is of more than nothing")
    if not Transfer.objects.filter(ref=f"{ref}:1").exists():
        return False
    one_more = [f"{ref}:{number}" for number in range(1, len(legs) + 2)]
    rows = Transfer.objects.filter(ref__in=one_more).select_related("debit", "credit")
    before = {row.ref: (row.amount, row.debit.code, row.credit.code) for row in rows}
    if before != {name: leg[:3] for name, leg in zip(one_more, legs, strict=False)}:
        raise Refused("ledger.ref_reused", ref=ref)
    return True


def _currencies(legs: Sequence[Leg]) -> dict[str, str]:
    """The currency each account is asked in. Refused `ledger.currency` when in two."""
    asked: dict[str, str] = {}
    for amount, *codes, _ in legs:
        for code in codes:
            if asked.setdefault(code, amount.currency) != amount.currency:
                raise Refused("ledger.currency", account=code, currency=asked[code])
    return asked


def _refuse_short(legs: Sequence[Leg], opened: dict[str, Account], free: dict[str, Money]) -> None:
    """Refused `ledger.overdrawn` at the first leg that takes more than is `free` on one of the accounts of `free` by then."""
    left = {code: amount.minor for code, amount in free.items()}
    grows = {code: 1 if row.kind == Account.Kind.ASSET else -1 for code, row in opened.items()}  # by a debit
    for amount, debit, credit, _ in legs:
        for code, change in ((debit, grows[debit] * amount.minor), (credit, -grows[credit] * amount.minor)):
            if code in left:
                left[code] += change
                if left[code] < 0:
                    raise Refused(
                        "ledger.overdrawn", account=code, available=Money(left[code] - change, amount.currency)
                    )


def _write(legs: Sequence[Leg], opened: dict[str, Account], ref: str) -> None:
    at = clock.now()
    keys = {code: row.pk for code, row in opened.items()}
    rows = (
        (f"{ref}:{number}", keys[debit], keys[credit], amount.minor, amount.currency, memo, at)
        for number, (amount, debit, credit, memo) in enumerate(legs, 1)
    )
    columns = ("ref", "debit_id", "credit_id", "amount_minor", "currency", "memo", "at")
    if connection.vendor != "postgresql":
        Transfer.objects.bulk_create(Transfer(**dict(zip(columns, row, strict=True))) for row in rows)
        return
    statement = f"COPY ledger_transfer ({', '.join(columns)}) FROM STDIN"
    with connection.wrap_database_errors, connection.cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row(row)


@transaction.atomic
def hold(amount: Money, *, debit: str, credit: str, ref: str, memo: str, expires_at: datetime | None = None) -> Hold:
    """Set `amount` aside on the account `debit` for `credit` until it is posted, voided, or expires at `expires_at`.

    Repeats return the first. Refused: `ledger.ref_reused`, `ledger.overdrawn`, `ledger.currency`.
    """
    return _enter(Hold, amount, debit, credit, ref, memo, expires_at=expires_at)


def _enter(kind: type[Row], amount: Money, debit: str, credit: str, ref: str, memo: str, **also: Any) -> Row:
    ensure(amount.minor > 0, f"{ref}: a movement is of more than nothing")
    first = _first(kind, amount, debit, credit, ref, **also)
    if first is not None:
        return first
    opened = _opened(dict.fromkeys((debit, credit), amount.currency))
    shrinking = _lock(opened[debit], opened[credit])
    first = _first(kind, amount, debit, credit, ref, **also)  # whoever held the lock may have done the same
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
                **also,
            )
    except IntegrityError:  # money coming in locks nothing, so the same ref may have been entered just now
        first = _first(kind, amount, debit, credit, ref, **also)
        if first is None:
            _refuse_closed()
            raise
        return first


def _refuse_closed() -> None:
    """Refused `ledger.closed` when the books are closed to what is dated now: the clock went back over a closing."""
    last = Closing.objects.last()
    if last is not None and clock.now() < last.until:
        raise Refused("ledger.closed", until=last.until)


def _first(kind: type[Row], amount: Money, debit: str, credit: str, ref: str, **also: Any) -> Row | None:
    """What was entered under `ref` before. Refused `ledger.ref_reused` when it was something else."""
    row = kind.objects.select_related("debit", "credit").filter(ref=ref).first()
    if row is None:
        return None
    if (row.amount, row.debit.code, row.credit.code) != (amount, debit, credit) or any(
        getattr(row, name) != value for name, value in also.items()
    ):
        raise Refused("ledger.ref_reused", ref=ref)
    return row


def _lock(debit: Account, credit: Account) -> list[Account]:
    """Lock the accounts a movement makes smaller, in ascending pk: a debit shrinks what we owe, a credit what we have.

    Accounts that only grow, or that may be overdrawn, need no lock: receipts never wait for each other.
    """
    return list(_shrinking([(debit, credit)]))


def _shrinking(pairs: Iterable[tuple[Account, Account]]) -> QuerySet[Account]:
    """The rows `_lock` locks, for many movements at once; reading them locks them."""
    asset = Account.Kind.ASSET
    numbers = [
        row.pk
        for debit, credit in pairs
        for row in (debit, credit)
        if (row.kind == asset) == (row is credit) and not row.overdraft
    ]
    return Account.objects.select_for_update(no_key=True).filter(pk__in=numbers).order_by("pk")


def post(ref: str) -> Transfer:
    """Turn the hold `ref` into a transfer of the same ref. Again: the same transfer.

    Refused `ledger.hold_ended` if it is void, `ledger.hold_expired` from its `expires_at` on. Raises Hold.DoesNotExist
    when nothing was held under `ref`.
    """
    return post_many([ref])[0]


@transaction.atomic
def post_many(refs: Sequence[str]) -> list[Transfer]:
    """`post` for many holds, in the order of `refs`; the number of statements does not grow with them."""
    holds = _locked_holds(refs)
    posted = {row.hold_id: row for row in Transfer.objects.filter(hold__in=holds)}
    void = _void_among(holds)
    at = clock.now()
    for held in holds:
        if held.pk in void:
            raise Refused("ledger.hold_ended", ref=held.ref)
        if held.pk not in posted and held.expires_at is not None and held.expires_at <= at:
            raise Refused("ledger.hold_expired", ref=held.ref, at=held.expires_at)
    made = create_many(
        Transfer(
            ref=held.ref,
            hold=held,
            debit=held.debit,
            credit=held.credit,
            amount_minor=held.amount_minor,
            currency=held.currency,
            memo=held.memo,
            at=at,
        )
        for held in holds
        if held.pk not in posted
    )
    posted |= {row.hold_id: row for row in made}
    return [posted[held.pk] for held in holds]


def void(ref: str) -> None:
    """Give back what the hold `ref` set aside. Again: nothing more.

    Refused `ledger.hold_ended` if it was posted. Raises Hold.DoesNotExist when nothing was held under `ref`.
    """
    void_many([ref])


@transaction.atomic
def void_many(refs: Sequence[str]) -> None:
    """`void` for many holds; the number of statements does not grow with them."""
    holds = _locked_holds(refs)
    posted = Transfer.objects.filter(hold__in=holds).first()
    if posted is not None:
        raise Refused("ledger.hold_ended", ref=posted.ref)
    already = _void_among(holds)
    create_many(Void(hold=held) for held in holds if held.pk not in already)


@transaction.atomic
def expire_due(limit: int = 200) -> int:
    """Void the holds whose time is over, at most `limit`, the longest over first; how many. Writes `hold.expired`.

    From `expires_at` on a hold cannot be posted; its money is free again from here.
    """
    over = Hold.objects.filter(expires_at__lte=clock.now(), posting=None, void=None).order_by("expires_at", "pk")
    holds = _locked_holds(over.values_list("ref", flat=True)[:limit])
    ended = _void_among(holds) | {*Transfer.objects.filter(hold__in=holds).values_list("hold_id", flat=True)}
    fresh = [held for held in holds if held.pk not in ended]
    create_many(Void(hold=held) for held in fresh)
    journal.record_many(
        journal.said(
            "hold.expired",
            subject=f"hold:{held.ref}",
            actor="system:ledger",
            audience=[],
            account=held.debit.code,
            amount=held.amount.wire(),
        )
        for held in fresh
    )
    return len(fresh)


def _void_among(holds: Iterable[Hold]) -> set[int]:
    return {*Void.objects.filter(hold__in=list(holds)).values_list("hold_id", flat=True)}


def _locked_holds(refs: Iterable[str]) -> list[Hold]:
    """The holds in the order of `refs`, locked after their accounts: the order every movement keeps. No row changes."""
    refs = list(refs)
    rows = Hold.objects.filter(ref__in=refs).order_by("pk")
    found = {row.ref: row for row in rows.prefetch_related("debit", "credit")}
    missing = next((ref for ref in refs if ref not in found), None)
    if missing is not None:
        raise Hold.DoesNotExist(f"nothing was held under {missing}")
    list(_shrinking((row.debit, row.credit) for row in found.values()).values_list("pk"))
    list(rows.select_for_update(of=("self",), no_key=True).values_list("pk"))
    return [found[ref] for ref in refs]


def balance(code: str, currency: str = "CNY") -> Money:
    """What the account holds on its normal side, in its own currency; one nobody opened holds nothing of `currency`."""
    return _balances(_accounts([code])).get(code, Money.zero(currency))


def held(code: str, currency: str = "CNY") -> Money:
    """What open holds have set aside on the account, in its own currency."""
    return _held(_accounts([code])).get(code, Money.zero(currency))


def available(code: str, currency: str = "CNY") -> Money:
    """The balance less what is held."""
    return available_of([code]).get(code, Money.zero(currency))


def available_of(codes: Iterable[str]) -> dict[str, Money]:
    """`available` of each account that was opened, by code; the number of statements does not grow with them."""
    rows = _accounts(codes)
    balances, held_now = _balances(rows), _held(rows)
    return {row.code: balances[row.code] - held_now[row.code] for row in rows}


def _accounts(codes: Iterable[str]) -> list[Account]:
    return list(Account.objects.filter(code__in=list(codes)))


def _balances(rows: list[Account]) -> dict[str, Money]:
    came, went = _sums(Transfer.objects.all(), "credit", rows), _sums(Transfer.objects.all(), "debit", rows)
    net = {row: came.get(row.pk, 0) - went.get(row.pk, 0) for row in rows}
    return {row.code: Money(-net[row] if row.kind == Account.Kind.ASSET else net[row], row.currency) for row in rows}


def _held(rows: list[Account]) -> dict[str, Money]:
    assets = [row for row in rows if row.kind == Account.Kind.ASSET]
    others = [row for row in rows if row.kind != Account.Kind.ASSET]
    waiting = Hold.objects.filter(posting=None, void=None)
    sums = _sums(waiting, "credit", assets) | _sums(waiting, "debit", others)
    return {row.code: Money(sums.get(row.pk, 0), row.currency) for row in rows}


def _sums(movements: "QuerySet[Transfer] | QuerySet[Hold]", side: str, rows: list[Account]) -> dict[int, int]:
    """What `movements` add up to on one `side` of each account, by pk; accounts nothing moved on are not there."""
    if not rows:
        return {}
    found = movements.filter(**{f"{side}__in": rows}).order_by().values_list(side).annotate(Sum("amount_minor"))
    return dict(found)
