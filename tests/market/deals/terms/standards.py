"""What the standards we export to ask for, in our words as JSON Schema: as much of them as our documents use.

ODRL: the Information Model 2.2 and the Vocabulary & Expression 2.2 (W3C Recommendations, 15 February 2018), which have no
JSON Schema of their own. OCF: `schema/objects/transactions/issuance/StockIssuance.schema.json` of the Open Cap Table
Coalition's Open-Cap-Format-OCF, version 1.2.0, and the primitives and types it is made of.
"""

from typing import Any

TEXT, IRI = {"type": "string"}, {"type": "string", "pattern": r"^[a-z][a-z0-9+.-]*:[^\s<>\"{}|\\^`]+$"}


def exactly(needed: dict[str, Any], **may: Any) -> dict[str, Any]:
    """An object that has what is needed, may have more of what is named, and nothing else."""
    return {
        "type": "object",
        "required": list(needed),
        "properties": {**needed, **may},
        "additionalProperties": False,
    }


def some(items: Any) -> dict[str, Any]:
    """A list of one or more."""
    return {"type": "array", "items": items, "minItems": 1}


_VALUE = exactly({"@value": TEXT, "@type": {"enum": ["xsd:date", "xsd:decimal"]}})
_CONSTRAINT = exactly(
    {
        "leftOperand": {"enum": ["dateTime", "spatial", "payAmount"]},
        "operator": {"enum": ["eq", "gteq", "lteq", "isAnyOf"]},
        "rightOperand": {"anyOf": [_VALUE, some(IRI)]},
    },
    unit=IRI,
)
_ACTION = {
    "enum": [
        *("use", "sell", "reproduce", "distribute", "display", "present", "derive", "translate", "aggregate"),
        *("grantUse", "transfer", "ensureExclusivity"),
    ]
}
_REFINED = exactly(
    {"rdf:value": exactly({"@id": {"const": "odrl:compensate"}}), "refinement": some(_CONSTRAINT)},
)
# Of an agreement each rule has an assigner and an assignee, one of each; what stands beside the rules would be added to them.
_SIDES = {"assigner": IRI, "assignee": IRI}
_RULE = {**_SIDES, "action": _ACTION, "target": some(IRI)}
_DUTY = exactly({"action": some(_REFINED)}, constraint=some(_CONSTRAINT))

AGREEMENT: dict[str, Any] = exactly(
    {
        "@context": {"const": "http://www.w3.org/ns/odrl.jsonld"},
        "@type": {"const": "Agreement"},
        "uid": IRI,
        "permission": some(exactly(_RULE, constraint=some(_CONSTRAINT), duty=some(_DUTY))),
    },
    prohibition=some(exactly(_RULE, constraint=some(_CONSTRAINT))),
    obligation=some(exactly({**_SIDES, "action": _ACTION}, target=some(IRI))),
)

_NUMERIC = {"type": "string", "pattern": r"^[+-]?[0-9]+(\.[0-9]{1,10})?$"}
_MONETARY = exactly({"amount": _NUMERIC, "currency": {"type": "string", "pattern": "^[A-Z]{3}$"}})
_DAY = {"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}$"}
_TEXTS = {"type": "array", "items": TEXT}

STOCK_ISSUANCE: dict[str, Any] = exactly(
    {
        "object_type": {"const": "TX_STOCK_ISSUANCE"},
        **dict.fromkeys(("id", "security_id", "custom_id", "stakeholder_id", "stock_class_id"), TEXT),
        "date": _DAY,
        "share_price": _MONETARY,
        "quantity": _NUMERIC,
        "stock_legend_ids": _TEXTS,
        "security_law_exemptions": {"type": "array", "items": exactly({"description": TEXT, "jurisdiction": TEXT})},
    },
    **dict.fromkeys(("stock_plan_id", "vesting_terms_id", "consideration_text"), TEXT),
    **dict.fromkeys(("board_approval_date", "stockholder_approval_date"), _DAY),
    cost_basis=_MONETARY,
    comments=_TEXTS,
)
