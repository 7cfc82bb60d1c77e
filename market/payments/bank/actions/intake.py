"""Files from the bank are handed in, read and taken in whole: every new line is matched or stands in suspense."""

from collections.abc import Sequence

from django.db import transaction

from market.documents import actions as documents
from market.kernel.bulk import create_many
from market.kernel.errors import Refused
from market.kernel.typed import bare, tidy
from market.ledger import books
from market.parties.access import PAYING, require
from market.parties.models import Party, User
from market.payments.bank import queries, rules
from market.payments.bank.actions.matching import match
from market.payments.bank.formats import reading
from market.payments.bank.formats.columns import ColumnMap, check_map
from market.payments.bank.formats.sheet import Entry, Sheet
from market.payments.bank.models import BankAccount, Layout, Line, Statement, StatementFile
from market.payments.rules import own_account
from market.trail import journal


@transaction.atomic
def open_account(*, agency: Party, bank: str, number: str, bic: str, currency: str, by: User) -> BankAccount:
    """Tell the desk of an account whose statements will come. The same number and currency again: the same account."""
    require(by, agency, PAYING)
    number = bare(number)
    details = {"bank": tidy(bank), "bic": bare(bic)}
    account, made = BankAccount.objects.get_or_create(agency=agency, number=number, currency=currency, defaults=details)
    if made:
        journal.record("bank.account_opened", subject=agency.ref, actor=by.ref, number=number, currency=currency)
    return account


@transaction.atomic
def describe(*, file: StatementFile, form: ColumnMap, by: User) -> list[Statement]:
    """Say what the columns of a kept table mean: the layout is kept, and the file taken in by it; or neither is.

    Refused `bank.map`, `bank.…`, `import.…`.
    """
    require(by, file.agency, PAYING)
    check_map(form)
    Layout.objects.create(agency=file.agency, columns=dict(form.columns), days=form.days, point=form.point, by=by)
    sheets = queries.sheets_of(file.agency, queries.reopened(file), file.account)
    return take_in(file=file, sheets=sheets or (), by=by)


def hand_in(*, agency: Party, name: str, content: bytes, account: BankAccount | None, by: User) -> StatementFile:
    """Keep a bank's file and take it in; a table in a layout nobody has described is kept and waits for one.

    The same bytes again: the same file. The file is stored first, in a transaction of its own, because it may go over the
    network. Refused `bank.…`, `import.…`, `file.…`; then nothing is kept.
    """
    require(by, agency, PAYING)
    opened = reading.open_file(name, content)
    sheets = queries.sheets_of(agency, opened, account)
    if sheets is not None:
        _accounts(agency, sheets)
    version = documents.store(
        subject=agency.ref,
        kind="statement",
        title=f"银行对账单 Bank statement {name}",
        name=name,
        content=content,
        content_type="",
        owner=agency,
        by=by,
    )
    own = {"version": version, "account": account, "by": by}
    file, _made = StatementFile.objects.get_or_create(agency=agency, sha256=version.sha256, defaults=own)
    if sheets is not None:
        take_in(file=file, sheets=sheets, by=by)
    return file


@transaction.atomic
def take_in(*, file: StatementFile, sheets: Sequence[Sheet], by: User) -> list[Statement]:
    """Write the statements of a file with the lines that are new to their accounts; each is matched or in suspense at once,
    and in the books. Again: the same statements. Refused `bank.account`. Writes `bank.taken_in`."""
    require(by, file.agency, PAYING)
    list(queries.accounts_of(file.agency).select_for_update().order_by("pk"))  # whoever takes in the same days waits
    found = list(file.statements.order_by("pk"))
    if found:
        return found
    accounts = _accounts(file.agency, sheets)
    made = [_statement(file, account, sheet, by) for account, sheet in zip(accounts, sheets, strict=True)]
    lines = Line.objects.filter(statement__in=made)
    journal.record(
        "bank.taken_in",
        subject=file.agency.ref,
        actor=by.ref,
        file=file.code,
        lines=lines.count(),
        suspense=lines.exclude(reason="").count(),
    )
    return made


def _accounts(agency: Party, sheets: Sequence[Sheet]) -> list[BankAccount]:
    """Whose statement each sheet is. Refused `bank.account` for one of no account of the agency."""
    known = list(queries.accounts_of(agency))
    named = []
    for sheet in sheets:
        account = next((one for one in known if one.is_called(sheet.account, sheet.currency)), None)
        if account is None:
            raise Refused("bank.account", number=sheet.account[:40], currency=sheet.currency)
        named.append(account)
    return named


def _statement(file: StatementFile, account: BankAccount, sheet: Sheet, by: User) -> Statement:
    keyed = dict(zip(rules.keys(sheet.entries), sheet.entries, strict=True))
    known = set(Line.objects.filter(account=account, key__in=keyed).values_list("key", flat=True))
    fresh = {key: entry for key, entry in keyed.items() if key not in known}
    days = [entry.booked_on for entry in sheet.entries]
    statement = Statement.objects.create(
        file=file,
        account=account,
        number=sheet.number[:35],
        first_on=min(days, default=None),
        last_on=max(days, default=None),
        currency=sheet.currency,
        opening_minor=None if sheet.opening is None else sheet.opening.minor,
        closing_minor=None if sheet.closing is None else sheet.closing.minor,
        entries=len(sheet.entries),
        known=len(known),
        pending=sheet.pending,
        notes=list(sheet.notes),
    )
    lines = [_line(statement, key, entry) for key, entry in fresh.items()]
    match(file.agency, lines, list(fresh.values()), by=by)
    create_many(lines)
    for line in lines:
        if line.reason:
            _suspend(file.agency, line)
    return statement


def _line(statement: Statement, key: str, entry: Entry) -> Line:
    return Line(
        statement=statement,
        account=statement.account,
        key=key,
        row=entry.row[:80],
        booked_on=entry.booked_on,
        currency=entry.amount.currency,
        amount_minor=entry.amount.minor,
        credit=entry.credit,
        reversal=entry.reversal,
        number=entry.number,
        name=entry.name[:160],
        other_account=entry.account[:40],
        text=entry.text[:2000],
        end_to_end=entry.end_to_end[:40],
    )


def _suspend(agency: Party, line: Line) -> None:
    """Enter a line nobody has explained: what came in is owed to whoever it is for, what went out is still to be shown."""
    bank = own_account("bank", agency.code, line.currency)
    came, went = (own_account(family, agency.code, line.currency) for family in ("suspense", "unexplained"))
    debit, credit = (bank, came) if line.credit else (went, bank)
    memo = f"{line.get_reason_display()} {line.number}"[:200]
    books.transfer(line.amount, debit=debit, credit=credit, ref=line.ref, memo=memo)
