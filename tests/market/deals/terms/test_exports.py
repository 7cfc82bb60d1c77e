"""Terms handed to other systems: what each can say, and that it refuses the rest by name."""

from collections.abc import Callable
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from market.deals.terms import digest, to_ocf, to_odrl, to_pil
from market.kernel.errors import Refused
from tests.market.deals.terms.papers import running, software, terms, yuan
from tests.market.deals.terms.standards import AGREEMENT, STOCK_ISSUANCE

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
    sides = ("urn:luochui:party:P-JIDA", "urn:luochui:party:P-ANNE")
    assert {(one["assigner"], one["assignee"]) for one in agreement["permission"]} == {sides}
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
    (owed,) = agreement["obligation"]
    assert (owed["action"], owed["assignee"], owed["assigner"]) == ("ensureExclusivity", *sides)


def test_an_equity_contribution_is_a_stock_issuance() -> None:
    (issued,) = to_ocf(software(payments=[EQUITY]))
    assert (issued["object_type"], issued["date"], issued["quantity"]) == ("TX_STOCK_ISSUANCE", "2026-03-01", "600000")
    assert issued["share_price"] == {"amount": "1.50", "currency": "CNY"}
    assert issued["stakeholder_id"] == "P-JIDA"


FEE = {"kind": "entry_fee", "amount": yuan("0.05"), "due_on": "2026-01-01"}
NAMED = {"name": "灯 控 公司"}  # without a code


@pytest.mark.parametrize(
    "document",
    [
        software(exclusivity="exclusive", territory=["CN", "JP"]),
        software(sublicence="free", term={"start": "2026-01-01"}),
        software(payments=[FEE], asset=[{"name": "灯具 1.0"}, {"name": "手册", "number": "2021SR1"}], licensor=NAMED),
        software(grant=["exhibition", "performance", "adaptation", "translation", "compilation"]),
        terms(grant=["use", "sell"], payments=[FEE], base_definition=None, audit=None, reports=None),
    ],
)
def test_an_odrl_agreement_has_the_form_the_recommendation_asks_for(document: dict[str, Any]) -> None:
    faults = list(Draft202012Validator(AGREEMENT).iter_errors(to_odrl(document)))
    assert not faults, faults


@pytest.mark.parametrize(
    "document",
    [
        software(payments=[EQUITY]),
        software(payments=[EQUITY, {**EQUITY, "quantity": 1, "price": yuan("1000000000.05")}], licensor=NAMED),
        terms(payments=[EQUITY], base_definition=None, audit=None, reports=None),
    ],
)
def test_issuances_have_the_form_the_cap_table_coalition_asks_for(document: dict[str, Any]) -> None:
    made = to_ocf(document)
    faults = [fault for one in made for fault in Draft202012Validator(STOCK_ISSUANCE).iter_errors(one)]
    assert not faults, faults
    ids = [one[name] for one in made for name in ("id", "security_id")]
    assert len(set(ids)) == len(ids)


@pytest.mark.parametrize(
    ("schema", "made", "wrong"),
    [
        (AGREEMENT, to_odrl(software()), {"permission": [{"action": "use"}]}),  # of what, between whom
        (AGREEMENT, to_odrl(software()), {"assigner": "urn:x"}),  # every rule would have it, too
        (STOCK_ISSUANCE, to_ocf(software(payments=[EQUITY]))[0], {"quantity": "6e5"}),
        (STOCK_ISSUANCE, to_ocf(software(payments=[EQUITY]))[0], {"currency": "CNY"}),
    ],
)
def test_the_forms_refuse_what_is_none(schema: dict[str, Any], made: dict[str, Any], wrong: dict[str, Any]) -> None:
    assert Draft202012Validator(schema).is_valid(made)
    assert not Draft202012Validator(schema).is_valid({**made, **wrong})


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
        (to_odrl, software(transferable=True), ["transferable"]),
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
