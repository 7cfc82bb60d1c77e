"""The rule sets a sale may choose: versioned data, copied into the sale when its notice is published."""

from dataclasses import asdict, dataclass
from typing import Any

from market.kernel.errors import Refused

DAY = 86_400


@dataclass(frozen=True, slots=True)
class RuleSet:
    """What a sale's bidding obeys. Seconds for spans, basis points (1/10,000) of the starting price for deposits.

    `notice_days` are counted by law between notice and opening (拍卖法 45; 法释〔2016〕18号 12); `display_days` is the
    viewing time before opening (拍卖法 48). `hard_end_s` bounds all extensions together; None means no bound.
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

    def as_data(self) -> dict[str, Any]:
        """The rule set as the JSON a sale keeps."""
        return asdict(self)

    @classmethod
    def from_data(cls, data: dict[str, Any]) -> "RuleSet":
        """The rule set back from a sale's JSON."""
        return cls(**data)


# 法释〔2016〕18号: 12 (30 days' notice for rights), 17 (deposit 5-20 %), 20 (24 h, last five minutes), 11, 19-21, 23.
JUDICIAL_ONLINE = RuleSet(
    name="judicial_online",
    version="2016-18",
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
)
# Property exchanges: a free period, then a timed one of 120-300 s that restarts with each bid; deposit at most 30 %.
EXCHANGE_DYNAMIC = RuleSet(
    name="exchange_dynamic",
    version="1",
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
)
# A commercial house under the Auction Law: seven days' notice (45), two days' viewing (48).
COMMERCIAL = RuleSet(
    name="commercial",
    version="1",
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
)

PRESETS = {rules.name: rules for rules in (JUDICIAL_ONLINE, EXCHANGE_DYNAMIC, COMMERCIAL)}


def preset(name: str) -> RuleSet:
    """The rule set called `name`. Refused `sale.ruleset_unknown`."""
    if name not in PRESETS:
        raise Refused("sale.ruleset_unknown", name=name)
    return PRESETS[name]
