"""Writes pain.001.001.09 (ISO 20022 customer credit transfers): one order for one account, its sums and ids inside."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from lxml import etree

from market.kernel.clock import BEIJING
from market.kernel.money import Money, total

NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"
_IBAN = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}")


@dataclass(frozen=True, slots=True)
class Side:
    """Who pays or is paid: name, bank, account number, and the bank's BIC where it is known."""

    name: str
    bank: str
    account: str
    bic: str = ""


@dataclass(frozen=True, slots=True)
class Transfer:
    """One payment: the id it carries from end to end, how much, and to whom."""

    end_to_end: str
    amount: Money
    to: Side
    words: str


def order(code: str, *, at: datetime, payer: Side, currency: str, transfers: Sequence[Transfer]) -> str:
    """The file, as text in UTF-8; each transfer is booked by itself, so that the statement shows them one by one."""
    count = str(len(transfers))
    control = total([transfer.amount for transfer in transfers], currency).plain()
    document = etree.Element("Document", nsmap={None: NAMESPACE})  # type: ignore[dict-item]  # the default name space has no prefix
    message = _below(document, "CstmrCdtTrfInitn")
    header = _below(message, "GrpHdr")
    local = at.astimezone(BEIJING).replace(microsecond=0)
    for tag, text in (("MsgId", code), ("CreDtTm", local.isoformat()), ("NbOfTxs", count), ("CtrlSum", control)):
        _below(header, tag, text)
    _below(_below(header, "InitgPty"), "Nm", payer.name[:140])
    payment = _below(message, "PmtInf")
    for tag, text in (("PmtInfId", code), ("PmtMtd", "TRF"), ("BtchBookg", "false"), ("NbOfTxs", count)):
        _below(payment, tag, text)
    _below(payment, "CtrlSum", control)
    _below(_below(payment, "ReqdExctnDt"), "Dt", local.date().isoformat())
    _below(_below(payment, "Dbtr"), "Nm", payer.name[:140])
    account = _account(payment, "DbtrAcct", payer)
    _below(account, "Ccy", currency)
    _bank(payment, "DbtrAgt", payer)
    for transfer in transfers:
        _transfer(payment, transfer)
    return etree.tostring(document, xml_declaration=True, encoding="UTF-8", pretty_print=True).decode()


def _transfer(payment: "etree._Element", transfer: Transfer) -> None:
    node = _below(payment, "CdtTrfTxInf")
    ids = _below(node, "PmtId")
    _below(ids, "InstrId", transfer.end_to_end)
    _below(ids, "EndToEndId", transfer.end_to_end)
    _below(_below(node, "Amt"), "InstdAmt", transfer.amount.plain()).set("Ccy", transfer.amount.currency)
    _bank(node, "CdtrAgt", transfer.to)
    _below(_below(node, "Cdtr"), "Nm", transfer.to.name[:140])
    _account(node, "CdtrAcct", transfer.to)
    _below(_below(node, "RmtInf"), "Ustrd", transfer.words[:140])


def _account(parent: "etree._Element", tag: str, side: Side) -> "etree._Element":
    account = _below(parent, tag)
    number = _below(account, "Id")
    if _IBAN.fullmatch(side.account):
        _below(number, "IBAN", side.account)
    else:
        _below(_below(number, "Othr"), "Id", side.account[:34])
    return account


def _bank(parent: "etree._Element", tag: str, side: Side) -> None:
    """The bank by its BIC; by its name where none is known, as between Chinese banks."""
    bank = _below(_below(parent, tag), "FinInstnId")
    if side.bic:
        _below(bank, "BICFI", side.bic)
    else:
        _below(bank, "Nm", side.bank[:140] or "NOTPROVIDED")


def _below(parent: "etree._Element", tag: str, text: str | None = None) -> "etree._Element":
    node = etree.SubElement(parent, tag)
    node.text = text
    return node
