"""Writes about receipts and invoices, each one transaction: receipts given, bearers and taxations kept, invoices recorded."""

from datetime import date
from typing import Any

from django.db import IntegrityError, transaction

from market.documents import actions as documents
from market.documents.render import pdf
from market.kernel import clock
from market.kernel.errors import Refused, ensure
from market.kernel.money import Money
from market.kernel.states import move
from market.kernel.typed import bare, tidy
from market.parties.access import PAYING, require
from market.parties.models import Party, User
from market.parties.rules import uscc
from market.payments.invoices import queries, rules
from market.payments.invoices.models import Bearer, Invoice, Receipt, Series, Taxation
from market.payments.models import Charge, Payout
from market.payments.rules import check_day
from market.trail import journal


@transaction.atomic
def give_receipt(movement: Charge | Payout) -> Receipt:
    """Number and file the receipt for a charge that arrived or a payout that was sent; again: the same one and file.

    Numbers run within the agency and the year of the payment, without gaps. Writes `receipt.given`, read by no one's
    notice: the payment itself was told.
    """
    came = isinstance(movement, Charge)
    party = movement.payer if isinstance(movement, Charge) else movement.payee
    on = movement.received_on if isinstance(movement, Charge) else movement.sent_on
    ensure(on, f"no receipt for {movement}, whose money has not moved")
    year = on.year if on else 0
    Series.objects.get_or_create(agency=movement.agency, year=year)
    series = Series.objects.select_for_update().get(agency=movement.agency, year=year)
    found = queries.receipt_for(movement)
    if found is not None:
        return found
    number = f"{year}-{series.last + 1:06}"
    version = documents.store(
        subject=f"{'charge' if came else 'payout'}:{movement.code}",
        kind="receipt",
        title=f"收据 Receipt {number}",
        name=f"receipt-{number}.pdf",
        content=pdf("receipt", queries.receipt_data(number, movement)),
        content_type="application/pdf",
        owner=movement.agency,
        by=None,
        readers=[party],
    )
    Series.objects.filter(pk=series.pk).update(last=series.last + 1)
    key = {"charge": movement} if came else {"payout": movement}
    receipt = Receipt.objects.create(agency=movement.agency, number=number, version=version, **key)
    journal.record("receipt.given", subject=version.document.subject, actor="system:payments", number=number)
    return receipt


@transaction.atomic
def keep_bearer(*, party: Party, by: User, sort: str, name: str, tax_id: str, **contact: str) -> Bearer:
    """Keep what invoices to `party` bear from now on; issued ones stay as they are.

    `contact` is address, phone, bank, account, email. An organisation's taxpayer id is its credit code. Refused
    `invoice.tax_id_missing` for a special invoice without one, `uscc.format`, `uscc.check_digit`. Writes `bearer.kept`.
    """
    require(by, party, PAYING)
    if sort == Bearer.Sort.SPECIAL and not tax_id.strip():
        raise Refused("invoice.tax_id_missing")
    values = {"sort": sort, "name": tidy(name), "tax_id": uscc(tax_id) if tax_id.strip() else ""}
    values |= {key: bare(text) if key == "account" else tidy(text) for key, text in contact.items()}
    bearer, _made = Bearer.objects.update_or_create(party=party, defaults={**values, "kept_at": clock.now()})
    journal.record("bearer.kept", subject=party.ref, actor=by.ref, bears=values)
    return bearer


@transaction.atomic
def tax_service(
    *, agency: Party, service: str, item: str, tax_code: str, treatment: str, rate: str, valid_from: date, by: User
) -> Taxation:
    """Say how a service of the agency is taxed from a day on, in percent of the net; the same again is the same row.

    Item, code and rate are the agency's own: the market supplies none. An exempt service has no rate. Refused
    `invoice.tax_code`, `invoice.rate`. Writes `service.taxed`.
    """
    require(by, agency, PAYING)
    rate_bp = rules.rate_bp(rate) if treatment == Taxation.Treatment.TAXED else 0
    key = {"agency": agency, "service": service, "valid_from": valid_from}
    said: dict[str, Any] = {
        "item": tidy(item),
        "tax_code": rules.tax_code(tax_code),
        "treatment": treatment,
        "rate_bp": rate_bp,
    }
    latest = Taxation.objects.filter(**key).order_by("-pk").first()
    if latest is not None and all(getattr(latest, name) == value for name, value in said.items()):
        return latest
    made = Taxation.objects.create(**key, **said, entered_by=by)
    journal.record(
        "service.taxed", subject=agency.ref, actor=by.ref, service=service, valid_from=valid_from.isoformat(), **said
    )
    return made


@transaction.atomic
def owe_invoice(
    *,
    ref: str,
    agency: Party,
    buyer: Party,
    service: str,
    gross: Money,
    subject: str,
    actor: str,
    note: str = "",
    withheld: Money | None = None,
) -> Invoice:
    """The agency owes `buyer` an invoice over `gross`, tax included, which arose today; `ref` again: the first one. What of it
    `buyer` `withheld` as a tax was not paid to the agency.

    Writes `invoice.due`.
    """
    values = {"agency": agency, "buyer": buyer, "service": service, "subject": subject, "note": tidy(note)}
    values |= {"currency": gross.currency, "gross_minor": gross.minor, "arose_on": clock.today()}
    values |= {"withheld_minor": withheld.minor if withheld else 0}
    invoice, made = Invoice.objects.get_or_create(ref=ref, defaults=values)
    ensure((invoice.gross, invoice.buyer_id) == (gross, buyer.pk), f"{ref} was to be invoiced otherwise before")
    if made:
        journal.record("invoice.due", subject=f"invoice:{invoice.code}", actor=actor, about=subject, gross=gross.wire())
    return invoice


@transaction.atomic
def charge_fee(*, key: str, agency: Party, buyer: Party, gross: Money, note: str, by: User) -> Invoice:
    """The agency invoices another fee, `note` saying what for; the form's `key` again gives the first one."""
    require(by, agency, PAYING)
    ref, service = f"fee:{agency.code}:{key}", Taxation.Service.OTHER
    return owe_invoice(
        ref=ref, agency=agency, buyer=buyer, service=service, gross=gross, subject="", note=note, actor=by.ref
    )


@transaction.atomic
def record_issued(*, invoice: Invoice, number: str, number_code: str, on: date, by: User) -> Invoice:
    """The agency issued the invoice on the tax platform under `number` on the day `on`: what it bears stands for ever.

    The same number again returns it. Refused `invoice.number`, `invoice.number_code`, `invoice.number_year`,
    `invoice.number_taken`, `invoice.issued`, `invoice.untaxed` while nobody said how the service is taxed,
    `payment.date_ahead`. Writes `invoice.issued`.
    """
    require(by, invoice.agency, PAYING)
    invoice = _locked(invoice)
    check_day(on, clock.today())
    digits, code = rules.numbered(number, number_code, on)
    if (invoice.number, invoice.number_code) == (digits, code):
        return invoice
    if invoice.state != Invoice.State.DUE:
        raise Refused("invoice.issued", number=invoice.full_number, on=invoice.issued_on)
    entry = queries.entry_of(invoice)
    if entry.net is None or entry.tax is None:
        raise Refused("invoice.untaxed", service=invoice.get_service_display())
    bears = {**entry.bears, "item": entry.item, "tax_code": entry.tax_code, "rate": entry.rate}
    sums = {"net_minor": entry.net.minor, "tax_minor": entry.tax.minor}
    own = {"number": digits, "number_code": code, "issued_on": on, "issued_by": by}
    try:
        with transaction.atomic():
            move(invoice, Invoice.State.ISSUED, bears=bears, **sums, **own)
    except IntegrityError as error:
        raise Refused("invoice.number_taken", number=digits) from error
    _tell("invoice.issued", invoice, by)
    return invoice


@transaction.atomic
def reverse(*, invoice: Invoice, number: str, number_code: str, on: date, note: str, by: User) -> Invoice:
    """The agency reversed the whole invoice by a red-letter one (红字发票): a row of its own with the amounts negative.

    Returns that row; the same number again returns it too. `note` is the reason. Refused `invoice.not_issued`,
    `invoice.number…` as when issued, `payment.date_ahead`. Writes `invoice.reversed`.
    """
    require(by, invoice.agency, PAYING)
    invoice = _locked(invoice)
    check_day(on, clock.today())
    digits, code = rules.numbered(number, number_code, on)
    red = Invoice.objects.filter(reverses=invoice).first()
    if red is not None and (red.number, red.number_code) == (digits, code):
        return red
    if invoice.state != Invoice.State.ISSUED or invoice.reverses_id is not None:
        raise Refused("invoice.not_issued", number=invoice.full_number)
    copied = ("agency", "buyer", "service", "subject", "arose_on", "currency", "bears")
    try:
        with transaction.atomic():
            red = Invoice.objects.create(
                **{name: getattr(invoice, name) for name in copied},
                ref=f"{invoice.ref}:red",
                note=tidy(note),
                state=Invoice.State.ISSUED,
                gross_minor=-invoice.gross.minor,
                withheld_minor=-invoice.withheld.minor,
                net_minor=-invoice.net.minor,
                tax_minor=-invoice.tax.minor,
                number=digits,
                number_code=code,
                issued_on=on,
                issued_by=by,
                reverses=invoice,
            )
    except IntegrityError as error:
        raise Refused("invoice.number_taken", number=digits) from error
    move(invoice, Invoice.State.REVERSED)
    _tell("invoice.reversed", red, by, first=invoice.full_number)
    return red


@transaction.atomic
def invoice_anew(*, invoice: Invoice, by: User) -> Invoice:
    """The fee of a reversed invoice is to be invoiced once more; again: the same new row. Refused `invoice.not_reversed`."""
    require(by, invoice.agency, PAYING)
    invoice = _locked(invoice)
    if invoice.state != Invoice.State.REVERSED:
        raise Refused("invoice.not_reversed", number=invoice.full_number)
    return owe_invoice(
        ref=f"{invoice.ref}:anew",
        agency=invoice.agency,
        buyer=invoice.buyer,
        service=invoice.service,
        gross=invoice.gross,
        withheld=invoice.withheld,
        subject=invoice.subject,
        note=invoice.note,
        actor=by.ref,
    )


def _locked(invoice: Invoice) -> Invoice:
    rows = Invoice.objects.select_for_update(of=("self",)).select_related("agency", "buyer__bearer")
    return rows.get(pk=invoice.pk)


def _tell(name: str, invoice: Invoice, by: User, **data: str) -> None:
    journal.record(
        name,
        subject=f"invoice:{invoice.code}",
        actor=by.ref,
        audience=[invoice.buyer.ref],
        about=invoice.subject,
        number=invoice.full_number,
        on=invoice.issued_on.isoformat() if invoice.issued_on else "",
        gross=invoice.gross.wire(),
        **invoice.agency.named("agency"),
        **data,
    )
