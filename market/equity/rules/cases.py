"""Conversions, cap tables and rewards on plain numbers, for worked examples: each function is named after the method."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from market.equity.rules import rewards
from market.equity.rules import safes as conversions
from market.equity.rules.cap_table import Event, replay

Plain = int | Decimal


def _exact(figure: Any) -> Fraction:
    return Fraction(str(figure))


def _plain(exact: Fraction) -> Decimal:
    return Decimal(exact.numerator) / Decimal(exact.denominator)


def safe_pre_money_cap(
    investment: Plain,
    cap: Plain,
    pre_money: Plain,
    new_money: Plain,
    fully_diluted_shares: Plain,
    price_decimals: Mapping[str, int],
    price_rounding: str,
) -> dict[str, Decimal | int]:
    """Prices written down as the policy cuts them, and the whole shares they buy."""
    shares = _exact(fully_diluted_shares)
    series_a = conversions.cut(_exact(pre_money) / shares, price_decimals["series_a"], price_rounding)
    converted = conversions.at_cap(_exact(investment), _exact(cap), shares)
    safe = conversions.cut(converted.price, price_decimals["safe"], price_rounding)
    return {
        "series_a_price": _plain(series_a),
        "series_a_shares": int(_exact(new_money) / series_a),
        "safe_price": _plain(safe),
        "safe_shares": int(_exact(investment) / safe),
    }


def safe_post_money(safes: Sequence[Mapping[str, Plain]], pro_rata: Mapping[str, Plain]) -> dict[str, Any]:
    """What each SAFE holds, and what those with pro-rata rights take of the round."""
    owned = [conversions.post_money_ownership(_exact(one["amount"]), _exact(one["cap"])) for one in safes]
    part = conversions.pro_rata_part(_exact(pro_rata["new_investors"]), _exact(pro_rata["safes_with_pro_rata"]))
    return {"ownership": [_plain(one) for one in owned], "pro_rata_allocation": _plain(part)}


def safe_discount_only(
    pre_money: Plain, discount: Plain, investment: Plain, existing_shares: Plain
) -> dict[str, Decimal | int]:
    """The shares that hold the investment's part of the discounted pre-money value."""
    existing, off = _exact(existing_shares), _exact(discount)
    converted = conversions.at_discount(_exact(investment), _exact(pre_money), off, existing)
    series = _exact(pre_money) / (existing + converted.shares)
    return {
        "discounted_pre_money": _plain(_exact(pre_money) * (1 - off)),
        "ownership": _plain(converted.shares / (existing + converted.shares)),
        "safe_shares": int(converted.shares),
        "total_shares": int(existing + converted.shares),
        "series_price": _plain(series),
        "safe_price": _plain(converted.price),
        "discount_per_share": _plain(series - converted.price),
    }


def safe_conversion(
    existing_shares: Plain, investment: Plain, cap: Plain, discount: Plain, pre_money: Plain, **later: object
) -> dict[str, Decimal]:
    """A post-money SAFE with cap and discount before the new money: its part, the discount's price, the one that wins.
    What comes `later` (new money, a pool enlarged for it) plays no part yet."""
    existing, off = _exact(existing_shares), _exact(discount)
    converted = conversions.post_money(_exact(investment), _exact(cap), _exact(pre_money), off, existing)
    return {
        "post_money_safe_ownership_before_new_money": _plain(converted.shares / (existing + converted.shares)),
        "discount_price_if_no_pool": _plain(_exact(pre_money) / existing * (1 - off)),
        "conversion_price": _plain(converted.price),
        "shares": _plain(converted.shares),
    }


def cap_table_replay(events: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Who holds what after the events, which may come in any order."""
    table = replay(
        Event(
            kind=row["t"],
            on=date.fromisoformat(row["date"]),
            security=row["sec"],
            quantity=int(row["qty"]),
            holder=row.get("holder", row.get("to", "")),
            result=row.get("result", ""),
            balance=row.get("balance", ""),
        )
        for row in events
    )
    return {"outstanding": table.outstanding, "holders": dict(table.holders)}


def inventor_reward_court(exclusive_profit: Plain, contribution: Plain, claim: Plain) -> dict[str, Decimal]:
    """What the inventor's part of the exclusive profit is, and what the court could award."""
    reasonable, award = rewards.reasonable_reward(_exact(exclusive_profit), _exact(contribution), _exact(claim))
    return {"reasonable": _plain(reasonable), "award": _plain(award)}


def cn_statutory_reward(
    net_transfer_income: Plain,
    equity_from_contribution: Plain,
    operating_profit_by_year: Sequence[Plain],
    patents: Mapping[str, int],
) -> dict[str, Decimal | int]:
    """The least that inventors get where nothing is agreed."""
    return {
        "transfer_min": _plain(rewards.transfer_share(_exact(net_transfer_income))),
        "equity_min": _plain(rewards.equity_share(_exact(equity_from_contribution))),
        "self_use_min": _plain(rewards.own_use_share([_exact(profit) for profit in operating_profit_by_year])),
        "grant_bonus_min": rewards.grant_bonus_yuan(patents),
    }
