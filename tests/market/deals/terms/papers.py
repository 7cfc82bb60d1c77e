"""Terms that tests start from: 吉林大学 licenses a patent, or a program, to anne's company."""

from typing import Any

ASSET = {
    "name": "一种高效散热的灯具",
    "number": "ZL202010123456.7",
    "application_number": "202010123456.7",
    "applicant": "吉林大学",
    "holder": "吉林大学",
    "filed_on": "2020-02-27",
    "expires_on": "2040-02-26",
}


def yuan(amount: str) -> dict[str, str]:
    """A sum in yuan as the document writes it."""
    return {"amount": amount, "currency": "CNY"}


def running(*tiers: dict[str, Any], **also: Any) -> dict[str, Any]:
    """A running royalty from the first day on."""
    rates = [{"since": "2026-01-01", "tiers": list(tiers) or [{"rate": "0.05"}]}]
    return {"kind": "running", "rates": rates, **also}


def terms(**changed: Any) -> dict[str, Any]:
    """A patent licence with running royalties that nothing can be said against; `changed` replaces what it says, None
    takes it out."""
    document = {
        "version": "terms/1",
        "right": "patent",
        "asset": [ASSET],
        "licensor": {"name": "吉林大学", "code": "P-JIDA"},
        "licensee": {"name": "长春光电科技有限公司", "code": "P-ANNE"},
        "grant": ["make", "use", "offer", "sell"],
        "exclusivity": "non",
        "territory": ["CN"],
        "field": [],
        "term": {"start": "2026-01-01", "end": "2030-12-31"},
        "sublicence": "none",
        "transferable": False,
        "payments": [running()],
        "base_definition": "不含税销售额",
        "audit": {"allowed": True},
        "reports": {"period": "quarter", "due_days": 30, "payment_days": 15},
        **changed,
    }
    return {name: said for name, said in document.items() if said is not None}


def software(**changed: Any) -> dict[str, Any]:
    """A licence of a program for a fee at the outset, all over the world."""
    plain: dict[str, Any] = {
        "right": "copyright",
        "asset": [{"name": "灯具控制软件", "number": "2020SR123456"}],
        "grant": ["reproduction", "distribution"],
        "territory": ["WORLD"],
        "payments": [{"kind": "lump_sum", "amount": yuan("8000.00"), "due_on": "2026-01-01"}],
        "base_definition": None,
        "audit": None,
        "reports": None,
    }
    return terms(**{**plain, **changed})


def everything() -> dict[str, Any]:
    """Terms that say something of everything the form shows, and of two things it does not."""
    return terms(
        exclusivity="exclusive",
        territory=["CN", "JP"],
        field=["照明", "汽车"],
        sublicence="with_consent",
        transferable=True,
        improvements={"grantback": "non_exclusive", "paid": True, "mutual": True},
        payments=[
            {"kind": "entry_fee", "amount": yuan("50000.00"), "due_on": "2026-01-31", "in_escrow": True},
            {"kind": "instalment", "amount": yuan("20000.00"), "due_on": "2027-01-31"},
            {"kind": "advance", "amount": yuan("10000.00"), "due_on": "2026-02-28", "recoupable": True},
            {
                "kind": "running",
                "scope": "year",
                "rates": [
                    {"since": "2026-01-01", "tiers": [{"up_to": yuan("1000000.00"), "rate": "0.05"}, {"rate": "1/3"}]},
                    {"since": "2028-01-01", "tiers": [{"rate": "0.025"}]},
                ],
                "base_share": "0.5",
            },
            {"kind": "minimum", "amount": yuan("20000.00"), "scope": "year"},
            {"kind": "cap", "amount": yuan("900000.00"), "scope": "cumulative"},
            {"kind": "sublicence", "share": "0.3"},
            {"kind": "milestone", "name": "首台", "measure": "units", "at": 1000, "amount": yuan("5000.00")},
            {
                "kind": "milestone",
                "name": "首亿",
                "measure": "base",
                "at": yuan("1000000.00"),
                "amount": yuan("9000.00"),
            },
            {"kind": "dividend", "share": "0.1", "base": "project_profit"},
        ],
        deductions={"allowed": ["returns", "freight"], "cap": "0.1"},
        stacking={"share": "0.5", "unused": "lost"},
        audit={"allowed": True, "notice_days": 10, "tolerance": "0.05"},
        tax={"withholding": "0.1", "borne_by": "licensee"},
        interest={"rate": "0.06", "year_days": 360},
        breach="违约金为应付金额的百分之五。",
        termination=["连续两年未达最低销量的，许可人可以解除。"],
        disputes="arbitration",
        governing_law="CN",
        clauses=[{"heading": "标识", "text": "产品上标注专利号。"}, {"text": "许可人按期缴纳年费。"}],
    )
