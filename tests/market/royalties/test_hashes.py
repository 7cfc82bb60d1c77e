"""A statement keeps its hash however it is computed: what was issued once can be computed again by whoever comes later."""

from datetime import UTC, datetime
from typing import Any

from market.kernel import clock
from market.parties.models import Party
from market.royalties import actions, queries
from market.royalties.models import Licence
from market.royalties.runs.actions import run
from tests.market.deals.terms.papers import running, yuan
from tests.market.royalties import stage
from tests.market.royalties.stage import period, sold
from tests.people import owner_of

NOW = datetime(2026, 2, 10, 4, tzinfo=UTC)  # four quarters since 2025 are over
TIERED = running({"up_to": yuan("50000.00"), "rate": "0.0413"}, {"rate": "0.02"})
KINDS: dict[str, dict[str, Any]] = {
    "Y-FLAT": {"payments": [running({"rate": "0.0317"})]},
    "Y-TIERED": {"payments": [TIERED]},
    "Y-MINIMUM": {"payments": [running(), {"kind": "minimum", "amount": yuan("3000.00"), "scope": "year"}]},
    "Y-TAXED": {"payments": [TIERED], "tax": {"withholding": "0.1", "borne_by": "licensor"}},
    "Y-LATE": {"payments": [TIERED], "interest": {"rate": "0.06", "year_days": 365}},
    "Y-NET": {
        "payments": [
            running(tax_included="0.13"),
            {"kind": "advance", "amount": yuan("9000.00"), "due_on": "2025-02-01", "recoupable": True},
        ],
        "deductions": {"allowed": ["freight"], "cap": "1/10"},
        "stacking": {"share": "1/3", "unused": "carried"},
        "de_minimis": {"below": yuan("100.00"), "outcome": "carried"},
        "rounding": {"mode": "half_even", "unit": 100, "base_unit": 10},
    },
}
MORE: dict[str, Any] = {"Y-NET": {"deductions": {"freight": yuan("7000.01")}, "third_party": yuan("777.77")}}
# As they were issued on 2026-11-27, by quarter.
ISSUED = {
    "Y-FLAT": [
        "dc52406edd2fbb34312d73f43b27cb80070fc8243bd979098c69ce55f1a08b35",
        "ade4bae7e2b0584a3f29a3549d615d09e761ba3bd3533aec092e196a75bca07d",
    ],
    "Y-TIERED": [
        "6fe2aef162494f43c580ec5fa74ab02191b96f46e9e6c8820a14d84e329b45bc",
        "87ba886f0d2ff5d13e98facd0f26ec45582e03736e03392dc3fbf788c5169f45",
    ],
    "Y-MINIMUM": [
        "9143aa9095526541a1e822ef50ead0badab65c20ccde4712338ae6154ab122cb",
        "0153dc39aa7e3e7573190cad279f75511785a11c2d606339a78c7b1fc79dc2e2",
    ],
    "Y-TAXED": [
        "f180d6f70dfad898ba5f6c970a3a9427c2395400af2f9c9f48702aaf11095638",
        "e8fe45d5f295c8361a2856464ba8b3d82afd87e06abe2b36955bf367fc31b3d0",
    ],
    "Y-LATE": [
        "55d963739cd77df7a52ce4217a3542982544c3a994410223490be40e897751fc",
        "3a72b7066f0fb3465547433c5493aa696210b916a6c4fb5248b7a75403d8154b",
    ],
    "Y-NET": [
        "d2abd9f8b99d45a6cd5813955172b39d63db33a82dddcde0dcdb92831dc34cdb",
        "b6edb8642515f869b2aee476bbdafddb210ef9e9012967350b1cfd013fcd3f43",
    ],
}


def test_statements_are_issued_with_the_hashes_they_had(jida: Party, anne_co: Party, agency: Party) -> None:
    with clock.shifted_to(NOW):
        right = None
        for code, terms in KINDS.items():
            made = stage.licence(jida, anne_co, agency, of=right, number=code, **terms)
            right = made.right
            Licence.objects.filter(pk=made.pk).update(code=code)
        for quarter in (1, 2):
            for licence in Licence.objects.all():
                reported = sold(f"{quarter}23456.78", **MORE.get(licence.code, {}))
                row = actions.report(period=period(licence, quarter), figures=reported, by=owner_of(anne_co))
                actions.approve(period=row, by=owner_of(jida))
            run()
    stated = list(queries.statements().order_by("period__number"))
    assert all(queries.holds(one) for one in stated)
    found = {code: [one.sha256 for one in stated if one.period.licence.code == code] for code in KINDS}
    assert found == ISSUED
