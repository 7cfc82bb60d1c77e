"""A contribution for equity as issuances of the Open Cap Table Format, version 1: amounts and quantities are text."""

from typing import Any

from market.deals.terms.documents import Document, check, digest
from market.deals.terms.exporting import beyond, refuse

# A contribution is an assignment for shares; what a licence alone says is not the cap table's business but ours to keep.
EXPRESSED = ("payments", "exclusivity", "territory", "sublicence", "transferable")


def to_ocf(document: Document) -> list[dict[str, Any]]:
    """One TX_STOCK_ISSUANCE for each equity payment, to the licensor as stakeholder.

    Refused `terms.export` when it is paid in anything but shares, or agrees what a cap table cannot say; `terms.…` as `check`.
    """
    check(document)
    equity = [payment for payment in document["payments"] if payment["kind"] == "equity"]
    terms = [f"payments.{one['kind']}" for one in document["payments"] if one["kind"] != "equity"]
    refuse("OCF", [*terms, *beyond(document, EXPRESSED), *([] if equity else ["payments"])])
    hash_ = digest(document)
    named = ", ".join(asset["name"] for asset in document["asset"])
    return [
        {
            "object_type": "TX_STOCK_ISSUANCE",
            "id": f"{hash_[:24]}-{number}",
            "security_id": f"{hash_[:24]}-S{number}",
            "custom_id": f"{number + 1}",
            "date": payment["issued_on"],
            "stakeholder_id": document["licensor"].get("code") or document["licensor"]["name"],
            "stock_class_id": payment["stock_class"],
            "share_price": dict(payment["price"]),
            "quantity": str(payment["quantity"]),
            "consideration_text": f"{named} ({payment['company']})",
            "security_law_exemptions": [],
            "stock_legend_ids": [],
            "comments": [f"sha256:{hash_}"],
        }
        for number, payment in enumerate(equity)
    ]
