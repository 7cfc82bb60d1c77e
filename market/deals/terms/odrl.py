"""A licence as an ODRL 2.2 agreement (W3C Recommendation, 15 February 2018), as far as its vocabulary goes."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

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
    """The agreement as JSON-LD: permissions bound to place and time, payments as duties to compensate. Each rule names its two
    sides, since of what the agreement named for all a rule could not turn them round.

    Refused `terms.export` for what ODRL has no word for: running royalties and everything about them, an act without an
    action, a sole licence, one that may be transferred (its `transfer` is of the asset), free clauses; `terms.…` as `check`.
    """
    check(document)
    terms = beyond(document, EXPRESSED)
    terms += [f"grant.{act}" for act in document["grant"] if act not in ACTIONS]
    terms += [f"payments.{one['kind']}" for one in document["payments"] if one["kind"] not in FIXED]
    terms += ["payments.in_escrow" for one in document["payments"] if one.get("in_escrow")]
    terms += [] if document["exclusivity"] != "sole" else ["exclusivity.sole"]
    terms += ["transferable"] if document["transferable"] else []
    terms += [] if document["sublicence"] != "with_consent" else ["sublicence.with_consent"]
    refuse("ODRL", terms)
    licensor, licensee = _party(document["licensor"]), _party(document["licensee"])
    rule = {"assigner": licensor, "assignee": licensee, "target": [_target(asset) for asset in document["asset"]]}
    constraint = _constraints(document)
    duty = [_duty(payment) for payment in document["payments"]]
    granted = [ACTIONS[act] for act in document["grant"]]
    sublicensed = document["sublicence"] == "free"
    permission = [{**rule, "action": action, "constraint": constraint, "duty": duty} for action in granted]
    permission += [{**rule, "action": "grantUse", "constraint": constraint}] if sublicensed else []
    prohibited = ["transfer"] if sublicensed else ["grantUse", "transfer"]
    agreement = {
        "@context": CONTEXT,
        "@type": "Agreement",
        "uid": f"urn:sha256:{digest(document)}",
        "permission": permission,
        "prohibition": [{**rule, "action": action} for action in prohibited],
    }
    if document["exclusivity"] == "exclusive":
        owed = {"assigner": licensee, "assignee": licensor, "action": "ensureExclusivity"}
        agreement["obligation"] = [{**rule, **owed}]
    return agreement


def _party(party: Mapping[str, str]) -> str:
    return f"urn:luochui:party:{quote(party.get('code') or party['name'], safe='')}"


def _target(asset: Mapping[str, str]) -> str:
    return f"urn:luochui:right:{quote(asset.get('number') or asset['name'], safe='')}"


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
