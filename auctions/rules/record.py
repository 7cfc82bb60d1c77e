"""The record of a lot's bidding (拍卖笔录, 拍卖法 53) as terms: every event of the log in words, and who signs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from auctions.rules.chain import Event, Json
from market.kernel import formats
from market.kernel.money import Money

AUCTIONEER, RECORDER, BUYER = "auctioneer", "recorder", "buyer"
ROLES: Mapping[str, tuple[str, str]] = {
    AUCTIONEER: ("拍卖师", "Auctioneer"),
    RECORDER: ("记录人", "Recorder"),
    BUYER: ("买受人", "Buyer"),
}
HEADINGS: Mapping[str, tuple[str, str]] = {
    "auction": ("拍卖笔录", "Record of the auction"),
    "online_bidding": ("网络竞价记录", "Record of the online bidding"),
}
KINDS: Mapping[str, tuple[str, str]] = {
    "opened": ("开始竞价", "Bidding opened"),
    "bid": ("应价", "Bid"),
    "reserve_met": ("达到保留价", "Reserve met"),
    "extended": ("延时", "Extended"),
    "sealed": ("密封报价", "Sealed bid"),
    "warning": ("落槌提示", "Fair warning"),
    "held": ("暂停", "On hold"),
    "resumed": ("恢复", "Resumed"),
    "envelopes": ("密封报价截止", "Envelopes closed"),
    "unsealed": ("密封报价开启", "Envelopes opened"),
    "extended_for_outage": ("故障延时", "Extended after an outage"),
    "extended_with_group": ("随同组标的延时", "Extended with its group"),
    "stage": ("进入下一阶段", "Next stage"),
    "notice": ("公告", "Notice"),
    "handover": ("主持交接", "Hand-over"),
    "hammer": ("落槌", "Hammer"),
    "stopped": ("停止竞价", "Stopped"),
    "annulled": ("宣布无效", "Annulled"),
    "closed": ("竞价结束", "Bidding closed"),
    "sold": ("成交", "Sold"),
    "passed_in": ("流拍", "Passed in"),
}
REASONS: Mapping[str, tuple[str, str]] = {
    "no_bids": ("无人应价", "no bids"),
    "below_reserve": ("未达到保留价", "below the reserve"),
    "allocation": ("不在组合报价的最优分配之中", "not in the best allocation of the package bids"),
    "one_bidder": ("竞买人不足", "too few bidders"),
    "opened_too_late": ("未能按时开始", "could not open in time"),
    "timeout": ("时间已到而未落槌", "time ran out without a hammer"),
    "right_taken": ("该权利另有交易", "another deal has the right"),
}
RESULTS: Mapping[str, str] = {"sold": "成交 Sold", "annulled": "宣布无效 Annulled"}  # by the last event; else passed in


@dataclass(frozen=True, slots=True)
class Particulars:
    """What the record states of the lot besides its log; names as they bind. `auctioneer` may be empty.

    `buyers`: name, paddle and units of each; none of a lot that passed in, several only of licences at one price.
    """

    lot: str
    number: int
    mode: str
    sale: str
    agency: str
    seller: str
    right: str
    right_number: str
    ruleset: str
    auctioneer: str
    buyers: tuple[tuple[str, int, int], ...]
    price: Money | None
    head: str


def roles(mode: str, *, buyers: int) -> list[str]:
    """Who signs: auctioneer (of an auction) and recorder, and the buyer of a lot that was sold (拍卖法 53).

    Of several buyers each signs its own confirmation.
    """
    return [*([AUCTIONEER] if mode == "auction" else []), RECORDER, *([BUYER] if buyers == 1 else [])]


def terms(of: Particulars, events: Sequence[Event]) -> Json:
    """The record as JSON for templates/pdf/record.typ: particulars, a row for each event, who signs."""
    heading = HEADINGS[of.mode]
    sold, several = of.price is not None and bool(of.buyers), len(of.buyers) > 1
    names = {AUCTIONEER: of.auctioneer, RECORDER: of.agency, BUYER: of.buyers[0][0] if sold else ""}
    parted = several or any(units > 1 for _, _, units in of.buyers)
    shares = [f"{name}（{paddle} 号{f'，{units} 份' if parted else ''}）" for name, paddle, units in of.buyers]
    rows = [
        ("拍卖会、竞价专场", "Sale", of.sale),
        ("标的", "Lot", f"{of.number} ({of.lot})"),
        ("权利", "Right", f"{of.right} {of.right_number}"),
        ("委托人", "Consignor", of.seller),
        ("经办机构", "Agency", of.agency),
        ("拍卖师", "Auctioneer", of.auctioneer),
        ("竞价规则", "Rule set", of.ruleset),
        ("结果", "Result", RESULTS.get(events[-1].kind if events else "", "流拍 Passed in")),
        ("买受人", "Buyers" if several else "Buyer", "；".join(shares)),
        (
            "成交价（每份）" if parted else "成交价",
            "Price each" if parted else "Price",
            f"{formats.money(of.price, '2')}（{formats.capital(of.price)}）" if sold and of.price else "",
        ),
        ("竞价记录摘要 SHA-256", "Log, SHA-256", of.head),
    ]
    return {
        "form": "record/1",
        "heading": list(heading),
        "number": of.lot,
        "dated": events[-1].at.replace(microsecond=0).isoformat() if events else None,
        "facts": [list(row) for row in rows if row[2]],
        "events": [_row(event) for event in events],
        "signatories": [[*ROLES[role], names[role]] for role in roles(of.mode, buyers=len(of.buyers))],
    }


def _row(event: Event) -> list[str]:
    """One event: number, moment (Beijing), what happened in both languages, and what it says."""
    words = KINDS.get(event.kind, (event.kind, ""))
    return [str(event.seq), formats.when(event.at) + event.at.strftime(":%S"), " ".join(words).strip(), _said(event)]


def _said(event: Event) -> str:
    """What an event says that a record must keep: paddle, amount, the new end, words and reasons."""
    said, parts = event.payload, []
    if said.get("paddle") is not None:
        parts.append(f"{said['paddle']} 号")
    parts += [
        formats.money(Money.from_wire(said[name]), "2")
        for name in ("amount", "price")
        if isinstance(said.get(name), dict)
    ]
    parts += [f"{share['paddle']} 号 {share['units']} 份" for share in said.get("allotments", ())]
    if said.get("kind") == "floor":
        parts.append("场内 floor")
    if event.kind in ("extended", "resumed", "extended_for_outage", "stage"):
        parts.append(f"至 until {formats.clock(said['ends_at'])}")
    if said.get("reason"):
        parts.append(" ".join(REASONS.get(str(said["reason"]), (str(said["reason"]),))))
    parts += [str(said[name]) for name in ("count", "text", "operator") if said.get(name)]
    return " · ".join(parts)
