"""The rule sets a sale may choose: versioned data, copied into the sale when its notice is published."""

from dataclasses import asdict, dataclass, fields, replace
from typing import Any

from market.kernel.errors import Refused

DAY = 86_400


@dataclass(frozen=True, slots=True)
class RuleSet:
    """What a sale's bidding obeys. Seconds for spans, basis points (1/10,000) of the starting price for deposits.

    `notice_days` are counted by law between notice and opening (拍卖法 45; 法释〔2016〕18号 12); `display_days` is the
    viewing time before opening (拍卖法 48). `hard_end_s` bounds all extensions together; None means no bound. `formats` are
    the ways of bidding a lot may choose, `cycle_min_s` to `cycle_max_s` the length of a timed round. `start_min_bp` is the
    least starting price in parts of the appraisal, `second_cut_bp` how far a second sale may start below the first,
    `commission_cap_bp` what each side pays at most where nothing was agreed (拍卖法 56). What has a default came later: a set
    stored before it reads with the default.
    `availability_proof`: a lot closes only if probes show that bids could be taken to its end (`rules.availability`).
    `priority_window_s`: how long after a timed period holders of a priority right may match its price; 0: while one bids.
    `deposit_kinds`: what an agency may take the deposit as (`deposits.rules`); `deposit_fixed`: it may ask one sum for every
    lot of a sale instead of a part of its start. A forfeited deposit goes `forfeits_to` (the "agency" up to the first
    commissions, where it is named; the "seller" the rest). `deposit_days`: how long after the announced end of its lot a
    deposit may be held unless its bidder renews it; 0: until the lot is over, however long it is held up.
    `grace_days`: working days a late buyer has after a reminder, `claim_days` a side in default has to pay what it owes;
    `confirm_days` after the hammer to sign the confirmation, `sign_days` after that the contract, `pay_days` then to pay.
    `group_soft_close`: a bid that moves the end of one lot moves that of every lot of the sale that is not over.
    """

    name: str
    version: str
    extension_window_s: int
    hard_end_s: int | None
    min_duration_s: int
    stagger_s: int
    one_bidder_suffices: bool
    leader_may_raise: bool
    priority_match: bool
    show_reserve_met: bool
    notice_days: int
    notice_article: str
    display_days: int
    deposit_min_bp: int
    deposit_max_bp: int
    refund_within_h: int
    ban_days: int = 0  # a buyer in default may not register at the agency's sales; rule sets announced before have none
    formats: tuple[str, ...] = ("english",)
    cycle_min_s: int = 0
    cycle_max_s: int = 0
    start_min_bp: int = 0
    second_cut_bp: int = 10_000
    commission_cap_bp: int = 500
    availability_proof: bool = False
    group_soft_close: bool = False
    priority_window_s: int = 0
    deposit_kinds: tuple[str, ...] = ("bid_bond",)
    deposit_fixed: bool = False
    deposit_days: int = 0
    forfeits_to: tuple[str, ...] = ("seller",)
    grace_days: int = 0
    claim_days: int = 10
    confirm_days: int = 2
    sign_days: int = 10
    pay_days: int = 10

    def as_data(self) -> dict[str, Any]:
        """The rule set as the JSON a sale keeps."""
        return {name: list(value) if isinstance(value, tuple) else value for name, value in asdict(self).items()}

    @classmethod
    def from_data(cls, data: dict[str, Any]) -> "RuleSet":
        """The rule set back from a sale's JSON, whenever it was stored."""
        known = {each.name for each in fields(cls)}
        stored: dict[str, Any] = {name: value for name, value in data.items() if name in known}
        stored |= {name: tuple(value) for name, value in stored.items() if isinstance(value, list)}
        return cls(**stored)


# 法释〔2016〕18号: 12 (30 days' notice for rights), 17 (deposit 5-20 %), 20 (24 h, last five minutes), 10, 11, 19-21, 23, 26.
JUDICIAL_ONLINE = RuleSet(
    name="judicial_online",
    version="2016-18/3",
    extension_window_s=300,
    hard_end_s=None,
    min_duration_s=DAY,
    stagger_s=0,
    one_bidder_suffices=True,
    leader_may_raise=False,
    priority_match=True,
    show_reserve_met=True,
    notice_days=30,
    notice_article="法释〔2016〕18号 12",
    display_days=2,
    deposit_min_bp=500,
    deposit_max_bp=2000,
    refund_within_h=24,
    ban_days=365,
    formats=("english",),
    start_min_bp=7000,
    second_cut_bp=2000,
    availability_proof=True,
)
# Property exchanges: a free period, then a timed one of 120-300 s that restarts with each bid, then five minutes in which
# holders of a priority right may match; deposit at most 30 %.
EXCHANGE_DYNAMIC = RuleSet(
    name="exchange_dynamic",
    version="5",
    extension_window_s=180,
    hard_end_s=None,
    min_duration_s=3600,
    stagger_s=60,
    one_bidder_suffices=True,
    leader_may_raise=False,
    priority_match=True,
    show_reserve_met=False,
    notice_days=10,
    notice_article="产权交易所网络竞价规则",
    display_days=2,
    deposit_min_bp=500,
    deposit_max_bp=3000,
    refund_within_h=72,
    ban_days=180,
    formats=("free_then_timed", "english", "sealed_first", "hybrid", "uniform", "package"),
    cycle_min_s=120,
    cycle_max_s=300,
    availability_proof=True,
    priority_window_s=300,
    deposit_kinds=("bid_bond", "advance"),
    deposit_days=30,
    sign_days=5,
    pay_days=5,
    forfeits_to=("agency", "seller"),
    grace_days=3,
)
# A commercial house under the Auction Law: seven days' notice (45), two days' viewing (48).
COMMERCIAL = RuleSet(
    name="commercial",
    version="4",
    extension_window_s=120,
    hard_end_s=4 * 3600,
    min_duration_s=300,
    stagger_s=20,
    one_bidder_suffices=True,
    leader_may_raise=False,
    priority_match=False,
    show_reserve_met=True,
    notice_days=7,
    notice_article="拍卖法 45",
    display_days=2,
    deposit_min_bp=500,
    deposit_max_bp=2000,
    refund_within_h=24,
    ban_days=180,
    formats=("english", "auctioneer", "sealed_first", "sealed_second", "dutch", "hybrid", "uniform", "package"),
    deposit_kinds=("bid_bond", "earnest_money", "advance"),
    deposit_fixed=True,
    deposit_days=30,
    forfeits_to=("agency", "seller"),
    grace_days=3,
)

# The same, where the lots of a sale are worth more together: no lot ends while another of the sale is fought for.
COMMERCIAL_TOGETHER = replace(COMMERCIAL, name="commercial_together", version="3", stagger_s=0, group_soft_close=True)

PRESETS = {rules.name: rules for rules in (JUDICIAL_ONLINE, EXCHANGE_DYNAMIC, COMMERCIAL, COMMERCIAL_TOGETHER)}


def preset(name: str) -> RuleSet:
    """The rule set called `name`. Refused `sale.ruleset_unknown`."""
    if name not in PRESETS:
        raise Refused("sale.ruleset_unknown", name=name)
    return PRESETS[name]
