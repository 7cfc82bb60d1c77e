"""A licence as an ODRL 2.2 agreement (W3C Recommendation, 15 February 2018), as far as its vocabulary goes."""

from collections.abc import Mapping
from typing import Any

from market.deals.terms.documents import Document, check, digest
from market.deals.terms.exporting import beyond, refuse

CONTEXT = "http://www.w3.org/ns/odrl.jsonld"
# Our acts that have an action of the same meaning in the ODRL vocabulary.
ACTIONS: Mapping[str, str] = {
    "use": "use",
    "sell": "sell",
    "reproduction": "reproduce",
    "distribution": "distribute",
    "exhibition": "display",
    "performance": "present",
    "adaptation": "derive",
    "translation": "translate",
    "compilation": "aggregate",
}
EXPRESSED = ("exclusivity", "territory", "sublicence", "transferable", "payments")
FIXED = ("lump_sum", "instalment", "entry_fee")


def to_odrl(document: Document) -> dict[str, Any]:
    """The agreement as JSON-LD: permissions bound to place and time, payments as duties to compensate.

    Refused `terms.export` for what ODRL has no word for: running royalties and everything about them, an act without an
    action, a sole licence, free clauses; `terms.…` as `check`.
    """
    check(document)
    terms = beyond(document, EXPRESSED)
    terms += [f"grant.{act}" for act in document["grant"] if act not in ACTIONS]
    terms += [f"payments.{one['kind']}" for one in document["payments"] if one["kind"] not in FIXED]
    terms += ["payments.in_escrow" for one in document["payments"] if one.get("in_escrow")]
    terms += [] if document["exclusivity"] != "sole" else ["exclusivity.sole"]
    terms += [] if document["sublicence"] != "with_consent" else ["sublicence.with_consent"]
    refuse("ODRL", terms)
    sides = {"assigner": _party(document["licensor"]), "assignee": _party(document["licensee"])}
    targets = [_target(asset) for asset in document["asset"]]
    constraint = _constraints(document)
    duty = [_duty(payment) for payment in document["payments"]]
    granted = [ACTIONS[act] for act in document["grant"]]
    also = {"grantUse": document["sublicence"] == "free", "transfer": document["transferable"]}
    permission = [{"target": targets, "action": action, "constraint": constraint, "duty": duty} for action in granted]
    permission += [
        {"target": targets, "action": action, "constraint": constraint} for action, may in also.items() if may
    ]
    agreement = {
        "@context": CONTEXT,
        "@type": "Agreement",
        "uid": f"urn:sha256:{digest(document)}",
        **sides,
        "permission": permission,
        "prohibition": [{"target": targets, "action": action} for action, may in also.items() if not may],
    }
    if document["exclusivity"] == "exclusive":
        agreement["obligation"] = [
            {"assigner": sides["assignee"], "assignee": sides["assigner"], "action": "ensureExclusivity"}
        ]
    return agreement


def _party(party: Mapping[str, str]) -> str:
    return f"urn:luochui:party:{party.get('code') or party['name']}"


def _target(asset: Mapping[str, str]) -> str:
    return f"urn:luochui:right:{asset.get('number') or asset['name']}"


def _constraints(document: Document) -> list[dict[str, Any]]:
    term, where = document["term"], document["territory"]
    found = [_constraint("dateTime", "gteq", {"@value": term["start"], "@type": "xsd:date"})]
    if term.get("end"):
        found.append(_constraint("dateTime", "lteq", {"@value": term["end"], "@type": "xsd:date"}))
    if "WORLD" not in where:
        found.append(_constraint("spatial", "isAnyOf", [f"iso3166:{place}" for place in where]))
    return found


def _constraint(left: str, operator: str, right: Any) -> dict[str, Any]:
    return {"leftOperand": left, "operator": operator, "rightOperand": right}


def _duty(payment: Mapping[str, Any]) -> dict[str, Any]:
    amount = {"@value": payment["amount"]["amount"], "@type": "xsd:decimal"}
    pay = {**_constraint("payAmount", "eq", amount), "unit": f"iso4217:{payment['amount']['currency']}"}
    until = _constraint("dateTime", "lteq", {"@value": payment["due_on"], "@type": "xsd:date"})
    return {"action": [{"rdf:value": {"@id": "odrl:compensate"}, "refinement": [pay]}], "constraint": [until]}
