"""Terms in plain words, one sentence each, in Chinese and English: what they mean for the licensor and for the licensee."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from market.deals.rules.bargain import Text
from market.deals.terms.documents import Document
from market.deals.terms.paying import Sentence, part_words, payments, reckoning

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
_AS_SAID: Text = ("{said}", "{said}")  # the sides' own words, whatever the reader's language
USUAL_BREACH: Text = (
    "逾期付款的，每逾期一日按应付金额的万分之五支付违约金；逾期超过三十日的，许可人可以解除合同。",
    "Late payment costs 0.05 percent of the sum for each day; after thirty days the licensor may rescind.",
)
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
# Places that have a name here; others go by their code.
PLACES: Mapping[str, Text] = {
    "WORLD": ("全球", "the whole world"),
    "CN": ("中国", "China"),
    "HK": ("中国香港", "Hong Kong, China"),
    "MO": ("中国澳门", "Macao, China"),
    "TW": ("中国台湾", "Taiwan, China"),
    "JP": ("日本", "Japan"),
    "KR": ("韩国", "Korea"),
    "US": ("美国", "the United States"),
    "DE": ("德国", "Germany"),
    "FR": ("法国", "France"),
    "GB": ("英国", "the United Kingdom"),
    "RU": ("俄罗斯", "Russia"),
    "IN": ("印度", "India"),
}
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


def plain_words(document: Document, side: str) -> list[Text]:
    """The sentences for one `side` (LICENSOR or LICENSEE; CONTRACT addresses neither), in the order a reader asks: what,
    where, how long, how much, and what else each has to do."""
    return [*scope_words(document, side), *payment_words(document, side), *duty_words(document, side)]


def scope_words(document: Document, side: str) -> list[Text]:
    """What is granted, where and for how long."""
    return _said(_scope(document), side)


def payment_words(document: Document, side: str) -> list[Text]:
    """What is paid, when and how it is reckoned."""
    return _said((*payments(document), *reckoning(document)), side)


def duty_words(document: Document, side: str) -> list[Text]:
    """Reports, books, improvements, breach, the end, and where disputes go."""
    return _said(_duties(document), side)


def _said(sentences: Iterable[Sentence], side: str) -> list[Text]:
    you = _YOU[side]
    return [(han.format(**you, **values), english.format(**you, **values)) for (han, english), values in sentences]


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
    places = [PLACES.get(place, (place, place)) for place in where]
    han, english = "、".join(name for name, _ in places), ", ".join(name for _, name in places)
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
    if term.get("evergreen"):
        yield ("期满未终止的，继续有效。", "It goes on after its end until somebody ends it."), {}
    yield _SUBLICENCE[document["sublicence"]], {}
    if document["transferable"]:
        yield ("本许可可以转让。", "The licence may be transferred."), {}
    else:
        yield ("本许可不得转让。", "The licence may not be transferred."), {}


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
    if "audit" in document:
        yield from _audit(document["audit"])
    if "improvements" in document:
        yield from _improvements(document["improvements"])
    if document.get("breach") == " ".join(USUAL_BREACH):
        yield USUAL_BREACH, {}
    elif document.get("breach"):
        yield _AS_SAID, {"said": document["breach"]}
    for said in document.get("termination", ()):
        yield _AS_SAID, {"said": said}
    for clause in document.get("clauses", ()):
        heading = f"{clause['heading']}: " if clause.get("heading") else ""
        yield _AS_SAID, {"said": heading + clause["text"]}
    if "governing_law" in document:
        han, english = PLACES.get(document["governing_law"], (document["governing_law"],) * 2)
        yield ("适用{law}法律。", "Governed by the law of {law_en}."), {"law": han, "law_en": english}
    if "disputes" in document:
        yield _DISPUTES[document["disputes"]], {}


def _audit(agreed: Mapping[str, Any]) -> Iterator[Sentence]:
    """Whether the books may be inspected, after which notice, and who pays for it."""
    if not agreed["allowed"]:
        yield ("{giver}不得查阅账簿。", "The licensor may not inspect the books."), {}
        return
    days = str(agreed.get("notice_days", ""))
    notice = (f"提前{days}日通知后，", f" after {days} days' notice") if days else ("", "")
    yield (
        ("{notice}{giver}可以查阅有关账簿。", "The licensor may inspect the books{notice_en}."),
        {"notice": notice[0], "notice_en": notice[1]},
    )
    if "tolerance" in agreed:
        yield (
            (
                "少报达到{part}的，查账费用由{taker}承担。",
                "From a shortfall of {part} on, {taker_en} pays for the audit.",
            ),
            {"part": part_words(agreed["tolerance"])},
        )


def _improvements(agreed: Mapping[str, Any]) -> Iterator[Sentence]:
    """Who gets improvements, for what, and whether it goes both ways."""
    han, english = _GRANTBACK[agreed["grantback"]]
    if agreed["grantback"] == "none":
        yield (han, english), {}
        return
    paid = ("，另付对价", ", for a price") if agreed.get("paid") else ("，不另付对价", ", for no price")
    mutual = ("；对方亦同。", "; and the other way round.") if agreed.get("mutual") else ("。", ".")
    yield (han + paid[0] + mutual[0], english + paid[1] + mutual[1]), {}
