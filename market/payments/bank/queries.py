"""Reads of bank transfers: the files, what stands in suspense and could become of it, and what waits for a payment file."""

from hashlib import sha256

from django.db.models import Count, Q, QuerySet

from market.kernel import clock
from market.kernel.errors import Refused
from market.parties.models import Party
from market.payments import queries as money
from market.payments.bank import rules
from market.payments.bank.formats import reading
from market.payments.bank.formats.columns import ColumnMap
from market.payments.bank.formats.reading import Opened
from market.payments.bank.formats.sheet import Sheet
from market.payments.bank.models import (
    BankAccount,
    Decision,
    Instruction,
    Layout,
    Line,
    PaymentFile,
    Statement,
    StatementFile,
)
from market.payments.models import Charge, Payout

NEAR = 5  # suggestions of a kind beside a line
WAITING = Q(decided=None) & ~Q(reason="")


def accounts_of(agency: Party) -> QuerySet[BankAccount]:
    """The agency's bank accounts."""
    return BankAccount.objects.filter(agency=agency)


def layouts_of(agency: Party) -> list[ColumnMap]:
    """The layouts the agency has described, the newest first."""
    rows = Layout.objects.filter(agency=agency)[:100]
    return [ColumnMap(row.columns, row.days, row.point) for row in rows]


def sheets_of(agency: Party, opened: Opened, account: BankAccount | None) -> tuple[Sheet, ...] | None:
    """What an opened file says, checked; None for a table in a layout nobody has described yet.

    Refused `bank.account_missing` for a table nobody says whose it is, and as `reading.check`.
    """
    if opened.form == reading.TABLE:
        if account is None:
            raise Refused("bank.account_missing")
        read = reading.read_table(opened, layouts_of(agency), account=account.number, currency=account.currency)
        if read is None:
            return None
        opened = read
    reading.check(opened.sheets, today=clock.today())
    return opened.sheets


def reopened(file: StatementFile) -> Opened:
    """A kept file, read as far as it goes without a map."""
    with file.version.file.open("rb") as kept:
        return reading.open_file(file.version.name, kept.read())


def files_of(agency: Party) -> QuerySet[StatementFile]:
    """The agency's files, the newest first, each with how many statements it has: none while it waits for a layout."""
    rows = StatementFile.objects.filter(agency=agency).select_related("version__document", "account", "by")
    return rows.annotate(sheets=Count("statements")).order_by("-pk")


def statements_of(agency: Party) -> QuerySet[Statement]:
    """The agency's statements, the newest first, with how many of their lines are matched and wait."""
    matched, waiting = Count("lines", filter=Q(lines__reason="")), Count("lines", filter=_of_lines())
    named = Statement.objects.filter(account__agency=agency).select_related("account", "file__version__document")
    return named.annotate(new=Count("lines"), matched=matched, waiting=waiting).order_by("-pk")


def _of_lines() -> Q:
    return Q(lines__decided=None) & ~Q(lines__reason="") & Q(lines__isnull=False)


def lines() -> QuerySet[Line]:
    """Lines with everything a page names."""
    named = ("account__agency", "statement__file__version", "charge__payer", "payout__payee", "decided__decision__by")
    return Line.objects.select_related(*named)


def lines_of(agency: Party, state: str) -> QuerySet[Line]:
    """The agency's lines in a state: "waiting" oldest first, "decided" and "matched" newest first."""
    rows = lines().filter(account__agency=agency)
    if state == "waiting":
        return rows.filter(WAITING).order_by("booked_on", "pk")
    found = rows.filter(reason="") if state == "matched" else rows.exclude(decided=None)
    return found.order_by("-booked_on", "-pk")


def decisions() -> QuerySet[Decision]:
    """Decisions with everything a page names."""
    return Decision.objects.select_related("charge__payer", "payout__payee", "by")


def charges_near(line: Line) -> list[Charge]:
    """The charges a line that came in could pay: the one it names, those reported under its number, those of its amount."""
    if not line.credit:
        return []
    found = [line.charge] if line.charge else []
    open_ = Charge.objects.filter(agency=line.account.agency, state__in=[Charge.State.DUE, Charge.State.REPORTED])
    open_ = open_.filter(currency=line.currency).select_related("payer").order_by("due_at", "pk")
    if line.number:
        found += open_.filter(reported_number=line.number)[:NEAR]
    found += open_.filter(amount_minor=line.amount_minor)[:NEAR]
    return list({charge.pk: charge for charge in found}.values())


def beside(line: Line) -> list[Line]:
    """The other waiting lines that name the same charge as a line: parts of one payment, or the same paid twice."""
    if line.charge is None or not line.credit:
        return []
    others = lines().filter(WAITING, charge=line.charge, credit=True, currency=line.currency).exclude(pk=line.pk)
    return list(others.order_by("booked_on", "pk")[:20])


def opposite(line: Line) -> list[Line]:
    """Waiting lines of the same amount the other way: what the bank took back, or what was sent back by hand."""
    same = {"account__agency": line.account.agency, "currency": line.currency, "amount_minor": line.amount_minor}
    return list(lines().filter(WAITING, credit=not line.credit, **same).order_by("booked_on", "pk")[:NEAR])


def payouts_near(line: Line) -> list[Payout]:
    """The payouts a line that went out could be: the one it names, those to be sent or sent by hand of its amount."""
    if line.credit:
        return []
    rows = Payout.objects.filter(agency=line.account.agency, currency=line.currency, amount_minor=line.amount_minor)
    rows = rows.exclude(state=Payout.State.DUE).filter(bank_decisions=None).exclude(bank_lines__reason="")
    found = [line.payout] if line.payout else []
    found += rows.select_related("payee").order_by("due_at", "pk")[:NEAR]
    return list({payout.pk: payout for payout in found}.values())


def payer_of(line: Line) -> Party | None:
    """The party the money of a line came from and may go back to: by the bank's name for it, else the charge's payer
    where the bank gives none. None for somebody who is no party here."""
    payer = line.charge.payer if line.charge else None
    if payer and rules.same_name(line.name, payer.name, payer.name_en):
        return payer
    return (
        Party.objects.filter(name=line.name, state=Party.State.VERIFIED).order_by("pk").first() if line.name else None
    )


def to_release(agency: Party) -> QuerySet[Payout]:
    """Approved payouts that are in no payment file yet, the first due first."""
    rows = Payout.objects.filter(agency=agency, state=Payout.State.APPROVED).select_related("payee", "approved_by")
    return rows.exclude(instructions__live=True).order_by("due_at", "pk")


def payment_files() -> QuerySet[PaymentFile]:
    """Payment files, the newest first, with whom every page names, and how many of their payouts the bank has shown as sent."""
    sent = Count("instructions", filter=Q(instructions__payout__state=Payout.State.SENT))
    rows = PaymentFile.objects.select_related("account__agency", "released_by", "voided_by")
    return rows.annotate(sent=sent).order_by("-pk")


def instructions_of(file: PaymentFile) -> QuerySet[Instruction]:
    """The payouts in a payment file, in its order."""
    return file.instructions.select_related("payout__payee", "payout__approved_by").order_by("pk")


def content_of(file: PaymentFile) -> bytes:
    """The file as it was released, byte for byte. Refused `bank.file_changed` when it is not what was released, or a payee,
    an account or an amount is no longer as approved; `bank.file_void` when it was withdrawn."""
    if file.state == PaymentFile.State.VOID:
        raise Refused("bank.file_void", note=file.note)
    content = file.content.encode()
    written = file.instructions.select_related("payout__payee").order_by("pk")
    changed = [one.name for one in written if one.payout.state != Payout.State.SENT and not _still_approved(one)]
    if changed or sha256(content).hexdigest() != file.sha256:
        raise Refused("bank.file_changed", payees=", ".join(changed[:5]))
    return content


def _still_approved(written: Instruction) -> bool:
    return written.approval_sha256 == written.payout.approval_sha256 == money.approval_of(written.payout)
