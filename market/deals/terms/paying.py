"""The payments of a terms document in plain words, for `words`: what is paid, when, and how it is reckoned."""

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any

from market.deals.rules.bargain import Text
from market.deals.terms.documents import Document
from market.kernel import formats

Sentence = tuple[Text, Mapping[str, str]]
_ONCE: Mapping[str, Text] = {
    "lump_sum": ("{day}前一次支付{sum}。", "{pays_en} {sum} in one sum by {day}."),
    "instalment": ("{day}前支付一期{sum}。", "{pays_en} an instalment of {sum} by {day}."),
    "entry_fee": ("{day}前支付入门费{sum}。", "{pays_en} an entry fee of {sum} by {day}."),
    "advance": ("{day}前预付{sum}。", "{pays_en} an advance of {sum} by {day}."),
}
DEDUCTIONS: Mapping[str, Text] = {
    "returns": ("退货", "returns"),
    "discounts": ("折扣", "discounts"),
    "freight": ("运费", "freight"),
    "insurance": ("保险费", "insurance"),
    "taxes": ("税费", "taxes and duties"),
    "packaging": ("包装费", "packaging"),
}
_IN_ESCROW: Text = (
    "该笔款项付入经办机构的监管账户，许可备案后才付给{giver}。",
    "It is paid into the agency's supervised account and goes to {giver_en} once the licence is recorded.",
)
_BASES: Mapping[str, Text] = {
    "net_licence_income": ("许可净收入", "the net licence income"),
    "net_transfer_income": ("转让净收入", "the net transfer income"),
    "project_profit": ("项目利润", "the project's profit"),
}
_SCOPES: Mapping[str, Text] = {
    "period": ("每一报告期", "each period"),
    "year": ("每一历年", "each calendar year"),
    "cumulative": ("整个许可期", "the whole licence"),
}


def payments(document: Document) -> Iterator[Sentence]:
    """What is paid and when, payment by payment."""
    for payment in document["payments"]:
        kind = payment["kind"]
        if kind in _ONCE:
            yield _ONCE[kind], {"day": payment["due_on"], "sum": _sum(payment["amount"])}
            if payment.get("in_escrow"):
                yield _IN_ESCROW, {}
            if payment.get("product"):
                yield ("该笔款项针对{product}。", "It is for {product}."), {"product": payment["product"]}
            if payment.get("recoupable"):
                yield (("该笔款项以后从使用费中抵扣。", "It is set off against later royalties."), {})
        elif kind == "running":
            yield from _running(payment)
        elif kind in ("minimum", "cap"):
            yield _limit(payment)
        elif kind == "sublicence":
            yield (
                ("再许可所得的{share}归{giver}。", "{share} of what sublicences bring in goes to {giver_en}."),
                {"share": part_words(payment["share"])},
            )
        elif kind == "milestone":
            yield (
                ("{name}：累计达到{at}时，一次性支付{sum}。", "{name}: {pays_en} {sum} once when {at} is reached."),
                {"name": payment["name"], "at": _size(payment["at"]), "sum": _sum(payment["amount"])},
            )
        elif kind == "equity":
            yield (
                (
                    "以{company}的{quantity}股{stock}作价，每股{sum}，于{day}发行。",
                    "Paid in {quantity} shares ({stock}) of {company} at {sum} a share, issued on {day}.",
                ),
                {
                    "company": payment["company"],
                    "quantity": f"{payment['quantity']:,}",
                    "stock": payment["stock_class"],
                    "sum": _sum(payment["price"]),
                    "day": payment["issued_on"],
                },
            )
        else:
            yield from _dividend(payment)


def _dividend(payment: Mapping[str, Any]) -> Iterator[Sentence]:
    han, english = _BASES[payment["base"]]
    values = {"share": part_words(payment["share"]), "base": han, "base_en": english}
    yield ("另享{base}的{share}。", "Besides, {share} of {base_en}."), values
    if "cap" in payment:
        yield ("该项最多{sum}。", "Of this {sum} at most."), {"sum": _sum(payment["cap"])}
    if "until" in payment:
        yield ("该项至{day}止。", "This ends on {day}."), {"day": payment["until"]}


def _running(payment: Mapping[str, Any]) -> Iterator[Sentence]:
    product = payment.get("product", "")
    values = {"product": f"（{product}）" if product else "", "product_en": f" on {product}" if product else ""}
    scope = _SCOPES[payment.get("scope", "cumulative")]
    yield from _base_of(payment)
    for rates in payment["rates"]:
        rows = rates["tiers"]
        if len(rows) == 1:
            yield (
                ("自{since}起，使用费{product}为{rate}。", "From {since} on, the royalty{product_en} is {rate_en}."),
                {**values, "since": rates["since"], "rate": _rate(rows[0])[0], "rate_en": _rate(rows[0])[1]},
            )
            continue
        yield (
            (
                "自{since}起，使用费{product}分段计算（{scope}累计）：{tiers}；各段只适用于落入该段的部分。",
                "From {since} on, the royalty{product_en} goes by steps (counted over {scope_en}): {tiers_en}; each rate applies "
                "only to the part within its step.",
            ),
            {**values, "since": rates["since"], "scope": scope[0], "scope_en": scope[1]}
            | dict(zip(("tiers", "tiers_en"), _ladder(rows), strict=True)),
        )


def _base_of(payment: Mapping[str, Any]) -> Iterator[Sentence]:
    """Which part of the receipts bears the royalty, before any rate."""
    parts = {
        "base_share": ("基数取收入的{part}。", "The base is {part} of receipts."),
        "tax_included": (
            "收入含税，税率{part}，先予剔除。",
            "Receipts include tax of {part}, which is taken out first.",
        ),
        "combination": ("组合产品按{part}计入。", "Of a combination product {part} counts."),
    }
    for name, said in parts.items():
        if name in payment:
            yield said, {"part": part_words(payment[name])}
    if "threshold" in payment:
        yield (
            ("超过{sum}的部分才计费。", "Only what exceeds {sum} bears a royalty."),
            {"sum": _sum(payment["threshold"])},
        )
    if "staffel" in payment:
        han, english = _ladder(payment["staffel"])
        yield ("基数递减：{tiers}。", "The base counts by steps: {tiers_en}."), {"tiers": han, "tiers_en": english}


def _ladder(rows: Any) -> Text:
    """Tiers with their rates, in both languages."""
    han = [
        f"{_size(row['up_to'])}以内{_rate(row)[0]}" if "up_to" in row else f"以上部分{_rate(row)[0]}" for row in rows
    ]
    english = [
        f"{_rate(row)[1]} up to {_size(row['up_to'])}" if "up_to" in row else f"{_rate(row)[1]} of what is above"
        for row in rows
    ]
    return "，".join(han), ", ".join(english)


def _limit(payment: Mapping[str, Any]) -> Sentence:
    scope = _SCOPES[payment["scope"]]
    values = {"sum": _sum(payment["amount"]), "scope": scope[0], "scope_en": scope[1]}
    if payment["kind"] == "minimum":
        return (
            "{scope}使用费不足{sum}的，补足至{sum}。",
            "At least {sum} for {scope_en}: what royalties fall short of it is paid on top.",
        ), values
    return ("{scope}使用费最多{sum}。", "At most {sum} of royalties for {scope_en}."), values


def reckoning(document: Document) -> Iterator[Sentence]:
    """The base, what may be deducted, tax, small sums and interest."""
    if document.get("base_definition"):
        yield ("计提基数：{said}。", "The royalty base: {said}."), {"said": document["base_definition"].rstrip("。.")}
    if "deductions" in document:
        yield _deductions(document["deductions"])
    if "tax" in document:
        who = {
            "licensor": ("从使用费中扣除", "out of the royalty"),
            "licensee": ("在使用费之外另付", "on top of the royalty"),
        }
        han, english = who[document["tax"]["borne_by"]]
        yield (
            ("代扣税款{rate}，{who}。", "Tax of {rate} is withheld, {who_en}."),
            {"rate": part_words(document["tax"]["withholding"]), "who": han, "who_en": english},
        )
    if "stacking" in document:
        yield from _stacking(document["stacking"])
    if document.get("cross_collateral") is False:
        yield ("各产品的预付款分别抵扣。", "An advance is set off product by product."), {}
    elif "cross_collateral" in document:
        yield (
            ("预付款可以从所有产品的使用费中抵扣。", "An advance is set off against the royalties of every product."),
            {},
        )
    if "rounding" in document:
        yield _rounding(document["rounding"])
    if "de_minimis" in document:
        lost = document["de_minimis"]["outcome"] == "forgiven"
        yield (
            ("一期不足{sum}的，{outcome}。", "A payment below {sum} is {outcome_en}."),
            {
                "sum": _sum(document["de_minimis"]["below"]),
                "outcome": "不再支付" if lost else "并入下一期",
                "outcome_en": "not owed" if lost else "carried to the next period",
            },
        )
    if "interest" in document:
        yield (
            (
                "逾期付款按年利率{rate}计息，一年按{days}日计算。",
                "Late payments bear interest of {rate} a year of {days} days.",
            ),
            {"rate": part_words(document["interest"]["rate"]), "days": str(document["interest"]["year_days"])},
        )


def _stacking(agreed: Mapping[str, Any]) -> Iterator[Sentence]:
    """How far royalties to third parties are set off."""
    yield (
        ("支付给第三方的使用费可以抵扣{share}。", "{share} of royalties to third parties is set off."),
        {"share": part_words(agreed["share"])},
    )
    if "floor_rate" in agreed:
        yield (
            ("抵扣后费率不低于{rate}。", "The rate does not fall below {rate}."),
            {"rate": part_words(agreed["floor_rate"])},
        )
    if agreed["unused"] == "carried":
        yield ("未抵扣完的部分结转下期。", "What is not set off is carried over."), {}
    else:
        yield ("未抵扣完的部分不结转。", "What is not set off is lost."), {}


_ROUNDING: Mapping[str, Text] = {
    "half_up": ("四舍五入", "half up"),
    "half_even": ("四舍六入五成双", "half to even"),
    "down": ("舍去", "down"),
    "up": ("进位", "up"),
}


def _rounding(agreed: Mapping[str, Any]) -> Sentence:
    han, english = _ROUNDING[agreed["mode"]]
    base = agreed.get("base_unit")
    values = {"mode": han, "mode_en": english, "unit": str(agreed["unit"])}
    values |= (
        {"base": f"，基数取整到{base}分", "base_en": f", the base to {base} minor units"}
        if base
        else {"base": "", "base_en": ""}
    )
    return (
        "金额取整到{unit}分（{mode}）{base}。",
        "Sums are rounded {mode_en} to {unit} minor units{base_en}.",
    ), values


def _deductions(agreed: Mapping[str, Any]) -> Sentence:
    names = [DEDUCTIONS[name] for name in agreed["allowed"]]
    cap = agreed.get("cap")
    values = {
        "names": "、".join(han for han, _ in names) or "无",
        "names_en": ", ".join(en for _, en in names) or "nothing",
    }
    values |= (
        {"cap": f"，最多为收入的{part_words(cap)}", "cap_en": f", at most {part_words(cap)} of receipts"}
        if cap
        else {"cap": "", "cap_en": ""}
    )
    return ("可以扣除：{names}{cap}。", "Deducted may be {names_en}{cap_en}."), values


def _rate(row: Mapping[str, Any]) -> Text:
    if isinstance(row["rate"], str):
        return part_words(row["rate"]), part_words(row["rate"])
    return f"每件{_sum(row['rate'])}", f"{_sum(row['rate'])} a unit"


def _size(size: Any) -> str:
    return f"{size:,}" if isinstance(size, int) else _sum(size)


def _sum(wire: Mapping[str, str]) -> str:
    return formats.money(wire)


def part_words(part: str) -> str:
    """A part of one as 12.5%; a part that two decimals do not hold stays the fraction or decimal it was agreed as."""
    exact = (Fraction(part) * 10_000).denominator == 1
    return formats.percent(Fraction(part)) if exact else part
