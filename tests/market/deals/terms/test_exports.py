"""Terms handed to other systems: what each can say, and that it refuses the rest by name."""

from collections.abc import Callable
from typing import Any

import pytest

from market.deals.terms import digest, to_ocf, to_odrl, to_pil
from market.kernel.errors import Refused
from tests.market.deals.terms.papers import running, software, terms, yuan

EQUITY = {
    "kind": "equity",
    "company": "长春光电科技有限公司",
    "stock_class": "common",
    "quantity": 600_000,
    "price": yuan("1.50"),
    "issued_on": "2026-03-01",
}


def test_a_flat_licence_is_an_odrl_agreement() -> None:
    document = software(exclusivity="exclusive", territory=["CN", "JP"])
    agreement = to_odrl(document)
    assert agreement["uid"] == f"urn:sha256:{digest(document)}"
    assert (agreement["assigner"], agreement["assignee"]) == ("urn:luochui:party:P-JIDA", "urn:luochui:party:P-ANNE")
    assert [one["action"] for one in agreement["permission"]] == ["reproduce", "distribute"]
    (first, *_) = agreement["permission"]
    assert {one["leftOperand"] for one in first["constraint"]} == {"dateTime", "spatial"}
    (paid,) = first["duty"][0]["action"][0]["refinement"]
    assert (paid["leftOperand"], paid["rightOperand"]["@value"], paid["unit"]) == (
        "payAmount",
        "8000.00",
        "iso4217:CNY",
    )
    assert [one["action"] for one in agreement["prohibition"]] == ["grantUse", "transfer"]
    assert agreement["obligation"][0]["action"] == "ensureExclusivity"


def test_an_equity_contribution_is_a_stock_issuance() -> None:
    (issued,) = to_ocf(software(payments=[EQUITY]))
    assert (issued["object_type"], issued["date"], issued["quantity"]) == ("TX_STOCK_ISSUANCE", "2026-03-01", "600000")
    assert issued["share_price"] == {"amount": "1.50", "currency": "CNY"}
    assert issued["stakeholder_id"] == "P-JIDA"


def test_a_copyright_licence_is_seventeen_fields() -> None:
    fee = {"kind": "entry_fee", "amount": yuan("100"), "due_on": "2026-01-01"}
    cap = {"kind": "cap", "amount": yuan("5000"), "scope": "cumulative"}
    fields = to_pil(software(grant=["adaptation"], payments=[fee, running({"rate": "1/8"}), cap]))
    assert len(fields) == 17
    assert (fields["defaultMintingFee"], fields["commercialRevCeiling"]) == (10_000, 500_000)
    assert fields["commercialRevShare"] == 12_500_000  # 12.5 % in millionths of a percent
    assert fields["derivativesAllowed"] is True
    assert fields["expiration"] == 1_924_963_200  # 24:00 of 2030-12-31 in Beijing


@pytest.mark.parametrize(
    ("export", "document", "named"),
    [
        (to_odrl, terms(), ["audit", "base_definition", "grant.make", "grant.offer", "payments.running", "reports"]),
        (to_odrl, software(exclusivity="sole"), ["exclusivity.sole"]),
        (to_odrl, software(clauses=[{"text": "保密"}], governing_law="CN"), ["clauses", "governing_law"]),
        (to_odrl, software(field=["culture"]), ["field"]),
        (to_odrl, software(sublicence="with_consent"), ["sublicence.with_consent"]),
        (to_ocf, software(), ["payments", "payments.lump_sum"]),
        (to_ocf, software(payments=[EQUITY, running()], tax=None), ["payments.running"]),
        (to_ocf, software(payments=[EQUITY], improvements={"grantback": "none"}), ["improvements"]),
        (to_pil, terms(), ["audit", "base_definition", "reports", "right", "territory"]),
        (to_pil, software(exclusivity="exclusive"), ["exclusivity"]),
        (to_pil, software(field=["culture"]), ["field"]),
        (
            to_pil,
            software(payments=[running({"up_to": yuan("5"), "rate": "0.1"}, {"rate": "0.2"})]),
            ["payments.running"],
        ),
        (to_pil, software(payments=[running({"rate": "1/3"})]), ["payments.running"]),  # no whole millionth
        (
            to_pil,
            software(payments=[running(), {"kind": "minimum", "amount": yuan("5"), "scope": "year"}]),
            ["payments.minimum"],
        ),
        (
            to_pil,
            software(payments=[{"kind": "lump_sum", "amount": yuan("5"), "due_on": "2026-02-01"}]),
            ["payments.due_on"],
        ),
    ],
)
def test_what_the_target_cannot_say_is_refused_by_name(
    export: Callable[..., Any], document: dict[str, Any], named: list[str]
) -> None:
    with pytest.raises(Refused, match=r"terms\.export") as refused:
        export(document)
    assert refused.value.facts["names"] == named
