"""What a supplementary agreement may change of a licence's terms, from which day on, and the words of its paper."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from market.deals.rules.bargain import Clause, Text, filled
from market.deals.terms.changes import changes
from market.deals.terms.documents import Document, currency_of, digest, price_of
from market.deals.terms.words import CONTRACT
from market.kernel.errors import Refused

# What is granted stays: a wider or narrower grant is another licence, with a burden and a recordal of its own.
FIXED = ("right", "asset", "licensor", "licensee", "exclusivity", "grant", "territory", "field", "term")


def check_changes(before: Document, after: Document, *, currency: str, every: str) -> None:
    """Whether `after` may follow `before`: what is granted, how often it is reported (`every`), the currency and what was paid
    on signing stay. Refused `amendment.scope` naming what does not, `amendment.same` where nothing changes."""
    if before == after:
        raise Refused("amendment.same")
    touched = [name for name in FIXED if _said(before, name) != _said(after, name)]
    if after.get("reports", {}).get("period", every) != every:
        touched.append("reports.period")
    if price_of(before, currency) != price_of(after, currency) or currency_of(after, currency) != currency:
        touched.append("payments")
    if touched:
        raise Refused("amendment.scope", names=touched)


def check_since(since: date, *, today: date, begun: date, until: date | None, opened: date | None) -> None:
    """Refused `amendment.since` for a day before today, before the licence began, after it ends (`until`), or within what was
    opened for report already (`opened` is its last day): what was stated never changes."""
    earliest = max(today, begun, opened + timedelta(days=1) if opened else date.min)
    if since < earliest or (until is not None and since > until):
        raise Refused("amendment.since", earliest=earliest, latest=until)


def _said(document: Document, name: str) -> Any:
    """What the document says there; of acts, places and fields in whatever order."""
    return sorted(document[name]) if name in ("grant", "territory", "field") else document.get(name)


_EFFECT: tuple[Text, ...] = (
    (
        "本补充协议自{since}起适用于此后开始的各报告期；此前各期的申报、账单和付款不受影响（《民法典》第五百四十三条）。",
        "This agreement applies to the reporting periods that begin on {since} or later; reports, statements and payments of "
        "earlier periods stand (Civil Code, art. 543).",
    ),
    (
        "许可合同 {code} 的其他约定继续有效。变更后的全部条款数据的 SHA-256 为 {sha256}。",
        "Everything else in the licence contract {code} stays in force. The SHA-256 of all terms as changed is {sha256}.",
    ),
    (
        "双方以数据电文订立本协议并使用电子签名（《电子签名法》第三条、第十三条、第十四条），自双方均签署之日起成立。中文本与英文本"
        "不一致的，以中文本为准。",
        "The parties conclude this agreement as a data message with electronic signatures (Electronic Signature Law, arts. 3, 13, "
        "14); it is concluded on the day both have signed. Where the Chinese and the English text differ, the Chinese prevails.",
    ),
)


def paper_terms(
    before: Document, after: Document, *, code: str, number: int, since: date, sides: Mapping[str, str], dated: date
) -> dict[str, Any]:
    """The supplementary agreement as JSON, as the templates of contracts read it: what no longer applies and what applies
    instead, in the words both sides read. `sides` are the names of licensor and licensee."""
    made = changes(before, after, CONTRACT)
    roles = (("许可人", "Licensor", sides["licensor"]), ("被许可人", "Licensee", sides["licensee"]))
    effect = filled(_EFFECT, since=since.isoformat(), code=code, sha256=digest(after))
    clauses = [
        *([Clause(("不再适用", "No longer applies"), made.gone)] if made.gone else []),
        *([Clause(("改为适用", "Applies instead"), made.new)] if made.new else []),
        Clause(("生效与其他", "Effect"), effect),
    ]
    return {
        "form": "supplement/1",
        "number": f"{code}/{number}",
        "dated": dated.isoformat(),
        "heading": ["许可合同补充协议", "Supplementary agreement to a licence contract"],
        "parties": [[*role, ""] for role in roles],
        "clauses": [clause.plain() for clause in clauses],
        "signatories": [list(role) for role in roles],
    }
