"""Terms in plain words, one sentence each, in Chinese and English: what they mean for the licensor and for the licensee."""

from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from typing import Any

from market.deals.rules.bargain import Text
from market.deals.terms.documents import Document
from market.kernel import formats

LICENSOR, LICENSEE, CONTRACT = "licensor", "licensee", "contract"
_YOU: Mapping[str, Mapping[str, str]] = {
    LICENSOR: {
        "giver": "您",
        "taker": "对方",
        "giver_en": "you",
        "taker_en": "the licensee",
        "pays_en": "The licensee pays",
    },
    LICENSEE: {"giver": "对方", "taker": "您", "giver_en": "the licensor", "taker_en": "you", "pays_en": "You pay"},
    CONTRACT: {
        "giver": "许可人",
        "taker": "被许可人",
        "giver_en": "the licensor",
        "taker_en": "the licensee",
        "pays_en": "The licensee pays",
    },
}
ACTS: Mapping[str, Text] = {
    "make": ("制造", "make"),
    "use": ("使用", "use"),
    "offer": ("许诺销售", "offer for sale"),
    "sell": ("销售", "sell"),
    "import": ("进口", "import"),
    "reproduction": ("复制", "reproduce"),
    "distribution": ("发行", "distribute"),
    "rental": ("出租", "rent out"),
    "exhibition": ("展览", "exhibit"),
    "performance": ("表演", "perform"),
    "projection": ("放映", "project"),
    "broadcasting": ("广播", "broadcast"),
    "communication": ("信息网络传播", "make available online"),
    "filming": ("摄制", "film"),
    "adaptation": ("改编", "adapt"),
    "translation": ("翻译", "translate"),
    "compilation": ("汇编", "compile"),
    "other": ("其他", "use otherwise"),
}
_GRADES: Mapping[str, Text] = {
    "exclusive": (
        "独占许可：只有{taker}可以实施，{giver}自己也不能实施。",
        "Exclusive: only {taker_en} may use it, the licensor itself may not.",
    ),
    "sole": (
        "排他许可：除{taker}外只有许可人自己可以实施，不再许可他人。",
        "Sole: besides {taker_en} only the licensor itself may use it; nobody else gets a licence.",
    ),
    "non": (
        "普通许可：{giver}可以自己实施，也可以再许可他人。",
        "Non-exclusive: {giver_en} may use it and license others.",
    ),
}
_SUBLICENCE: Mapping[str, Text] = {
    "none": ("{taker}不得再许可他人。", "No sublicences."),
    "with_consent": ("经许可人同意，{taker}可以再许可他人。", "Sublicences need the licensor's consent."),
    "free": ("{taker}可以再许可他人。", "Sublicences are allowed."),
}
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
_DISPUTES: Mapping[str, Text] = {
    "court": ("争议由人民法院管辖。", "Disputes go to the people's court."),
    "arbitration": ("争议提交仲裁。", "Disputes go to arbitration."),
}
_GRANTBACK: Mapping[str, Text] = {
    "none": ("各自的改进归各自所有。", "Each side keeps its own improvements."),
    "non_exclusive": ("{taker}的改进许可{giver}使用", "Improvements of {taker_en} are licensed to {giver_en}"),
    "exclusive": (
        "{taker}的改进独占许可给{giver}",
        "Improvements of {taker_en} are licensed to {giver_en} exclusively",
    ),
    "assignment": ("{taker}的改进归{giver}所有", "Improvements of {taker_en} go to {giver_en}"),
}
_SCOPES: Mapping[str, Text] = {
    "period": ("每一报告期", "each period"),
    "year": ("每一历年", "each calendar year"),
    "cumulative": ("整个许可期", "the whole licence"),
}


def plain_words(document: Document, side: str) -> list[Text]:
    """The sentences for one `side` (LICENSOR or LICENSEE; CONTRACT addresses neither), in the order a reader asks: what,
    where, how long, how much, and what else each has to do."""
    return [*scope_words(document, side), *payment_words(document, side), *duty_words(document, side)]


def scope_words(document: Document, side: str) -> list[Text]:
    """What is granted, where and for how long."""
    return _said(_scope(document), side)


def payment_words(document: Document, side: str) -> list[Text]:
    """What is paid, when and how it is reckoned."""
    return _said((*_payments(document), *_reckoning(document)), side)


def duty_words(document: Document, side: str) -> list[Text]:
    """Reports, books, improvements, breach, the end, and where disputes go."""
    return _said(_duties(document), side)


def _said(sentences: Iterable["Sentence"], side: str) -> list[Text]:
    you = _YOU[side]
    return [(han.format(**you, **values), english.format(**you, **values)) for (han, english), values in sentences]


Sentence = tuple[Text, Mapping[str, str]]


def _scope(document: Document) -> Iterator[Sentence]:
    names = "、".join(asset["name"] for asset in document["asset"])
    acts = [ACTS[act] for act in document["grant"]]
    yield (
        ("{taker}可以{acts}：{names}。未写明的权利仍归{giver}。",
         "The right to {acts_en}: {names}. What is not named stays with the licensor."),
        {"names": names, "acts": "、".join(act for act, _ in acts), "acts_en": ", ".join(act for _, act in acts)},
    )  # fmt: skip
    yield _GRADES[document["exclusivity"]], {}
    where = document["territory"]
    han = "全球" if "WORLD" in where else "、".join(where)
    english = "the whole world" if "WORLD" in where else ", ".join(where)
    fields = "、".join(document["field"])
    yield (
        ("范围：{where}{fields}。", "Where: {where_en}{fields_en}."),
        {
            "where": han,
            "where_en": english,
            "fields": f"；限于{fields}领域" if fields else "",
            "fields_en": f"; only in {', '.join(document['field'])}" if fields else "; in every field",
        },
    )
    term = document["term"]
    days = {"since": term["start"], "end": term.get("end", "")}
    if term.get("end"):
        yield ("自{since}起至{end}止。", "From {since} to {end}."), days
    else:
        yield ("自{since}起，未约定期限。", "From {since}, without an end."), days
    yield _SUBLICENCE[document["sublicence"]], {}
    if document["transferable"]:
        yield ("本许可可以转让。", "The licence may be transferred."), {}
    else:
        yield ("本许可不得转让。", "The licence may not be transferred."), {}


def _payments(document: Document) -> Iterator[Sentence]:
    for payment in document["payments"]:
        kind = payment["kind"]
        if kind in _ONCE:
            yield _ONCE[kind], {"day": payment["due_on"], "sum": _sum(payment["amount"])}
            if payment.get("in_escrow"):
                yield _IN_ESCROW, {}
            if payment.get("recoupable"):
                yield (("该笔款项以后从使用费中抵扣。", "It is set off against later royalties."), {})
        elif kind == "running":
            yield from _running(payment)
        elif kind in ("minimum", "cap"):
            yield _limit(payment)
        elif kind == "milestone":
            yield (
                ("累计达到{at}时，一次性支付{sum}。", "{pays_en} {sum} once when {at} is reached."),
                {"at": _size(payment["at"]), "sum": _sum(payment["amount"])},
            )
        elif kind == "equity":
            yield (
                (
                    "以{company}的{quantity}股{stock}作价，每股{sum}。",
                    "Paid in {quantity} shares ({stock}) of {company} at {sum} a share.",
                ),
                {
                    "company": payment["company"],
                    "quantity": f"{payment['quantity']:,}",
                    "stock": payment["stock_class"],
                    "sum": _sum(payment["price"]),
                },
            )
        else:
            yield ("另享收益的{share}。", "Besides, {share} of the income."), {"share": _percent(payment["share"])}


def _running(payment: Mapping[str, Any]) -> Iterator[Sentence]:
    product = payment.get("product", "")
    values = {"product": f"（{product}）" if product else "", "product_en": f" on {product}" if product else ""}
    scope = _SCOPES[payment.get("scope", "cumulative")]
    for rates in payment["rates"]:
        rows = rates["tiers"]
        if len(rows) == 1:
            yield (
                ("自{since}起，使用费{product}为{rate}。", "From {since} on, the royalty{product_en} is {rate_en}."),
                {**values, "since": rates["since"], "rate": _rate(rows[0])[0], "rate_en": _rate(rows[0])[1]},
            )
            continue
        han = [
            f"{_size(row['up_to'])}以内{_rate(row)[0]}" if "up_to" in row else f"以上部分{_rate(row)[0]}"
            for row in rows
        ]
        english = [
            f"{_rate(row)[1]} up to {_size(row['up_to'])}" if "up_to" in row else f"{_rate(row)[1]} of what is above"
            for row in rows
        ]
        yield (
            (
                "自{since}起，使用费{product}分段计算（{scope}累计）：{tiers}；各段只适用于落入该段的部分。",
                "From {since} on, the royalty{product_en} goes by steps (counted over {scope_en}): {tiers_en}; each rate applies "
                "only to the part within its step.",
            ),
            {**values, "since": rates["since"], "scope": scope[0], "scope_en": scope[1]}
            | {"tiers": "，".join(han), "tiers_en": ", ".join(english)},
        )


def _limit(payment: Mapping[str, Any]) -> Sentence:
    scope = _SCOPES[payment["scope"]]
    values = {"sum": _sum(payment["amount"]), "scope": scope[0], "scope_en": scope[1]}
    if payment["kind"] == "minimum":
        return (
            "{scope}使用费不足{sum}的，补足至{sum}。",
            "At least {sum} for {scope_en}: what royalties fall short of it is paid on top.",
        ), values
    return ("{scope}使用费最多{sum}。", "At most {sum} of royalties for {scope_en}."), values


def _duties(document: Document) -> Iterator[Sentence]:
    if "reports" in document:
        reports = document["reports"]
        periods = {"month": ("每月", "month"), "quarter": ("每季度", "quarter")}
        periods |= {"half_year": ("每半年", "half-year"), "year": ("每年", "year")}
        han, english = periods[reports["period"]]
        yield (
            (
                "{every}结束后{due}日内申报，账单作出后{pay}日内付款。",
                "Reports are due {due} days after each {every_en}, payment {pay} days after the statement.",
            ),
            {"every": han, "every_en": english, "due": str(reports["due_days"]), "pay": str(reports["payment_days"])},
        )
    if document.get("audit", {}).get("allowed"):
        yield ("{giver}可以查阅有关账簿。", "The licensor may inspect the books."), {}
    if "improvements" in document:
        yield from _improvements(document["improvements"])
    for said in (document.get("breach"), *document.get("termination", ())):
        if said:
            yield ("{said}", "{said}"), {"said": said}
    for clause in document.get("clauses", ()):
        heading = f"{clause['heading']}: " if clause.get("heading") else ""
        yield ("{said}", "{said}"), {"said": heading + clause["text"]}
    if "disputes" in document:
        yield _DISPUTES[document["disputes"]], {}


def _improvements(agreed: Mapping[str, Any]) -> Iterator[Sentence]:
    """Who gets improvements, for what, and whether it goes both ways."""
    han, english = _GRANTBACK[agreed["grantback"]]
    if agreed["grantback"] == "none":
        yield (han, english), {}
        return
    paid = ("，另付对价", ", for a price") if agreed.get("paid") else ("，不另付对价", ", for no price")
    mutual = ("；对方亦同。", "; and the other way round.") if agreed.get("mutual") else ("。", ".")
    yield (han + paid[0] + mutual[0], english + paid[1] + mutual[1]), {}


def _reckoning(document: Document) -> Iterator[Sentence]:
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
            {"rate": _percent(document["tax"]["withholding"]), "who": han, "who_en": english},
        )
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
            ("逾期付款按年利率{rate}计息。", "Late payments bear interest of {rate} a year."),
            {"rate": _percent(document["interest"]["rate"])},
        )


def _deductions(agreed: Mapping[str, Any]) -> Sentence:
    names = [DEDUCTIONS[name] for name in agreed["allowed"]]
    cap = agreed.get("cap")
    values = {
        "names": "、".join(han for han, _ in names) or "无",
        "names_en": ", ".join(en for _, en in names) or "nothing",
    }
    values |= (
        {"cap": f"，最多为收入的{_percent(cap)}", "cap_en": f", at most {_percent(cap)} of receipts"}
        if cap
        else {"cap": "", "cap_en": ""}
    )
    return ("可以扣除：{names}{cap}。", "Deducted may be {names_en}{cap_en}."), values


def _rate(row: Mapping[str, Any]) -> Text:
    if isinstance(row["rate"], str):
        return _percent(row["rate"]), _percent(row["rate"])
    return f"每件{_sum(row['rate'])}", f"{_sum(row['rate'])} a unit"


def _size(size: Any) -> str:
    return f"{size:,}" if isinstance(size, int) else _sum(size)


def _sum(wire: Mapping[str, str]) -> str:
    return formats.money(wire)


def _percent(part: str) -> str:
    """12.5%; a part that two decimals do not hold stays the fraction or decimal it was agreed as."""
    exact = (Fraction(part) * 10_000).denominator == 1
    return formats.percent(Fraction(part)) if exact else part
