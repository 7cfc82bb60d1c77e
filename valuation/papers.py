"""An appraisal's papers: its report as data for the PDF, and the rows its workbook opens with."""

from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from market.kernel.formats import capital, money, own
from market.kernel.words import text
from valuation.labels import INPUTS, STEPS, named
from valuation.models import Appraisal
from valuation.rules import Worked
from valuation.shown import given, shown
from valuation.workbook import workbook


def report(appraisal: Appraisal, worked: Worked) -> dict[str, Any]:
    """What the report prints, in the active language."""
    drawn = shown(worked, appraisal.plain["ranges"])
    chinese = (get_language() or "zh").startswith("zh")
    most = max([1.0, *(bar.height for bar in drawn["bars"])])
    return {
        "title": _("Valuation by a model, not a statutory report"),
        "subtitle": f"{own(appraisal.listing.right, 'title', get_language() or 'zh')} · {appraisal.listing.right.number}",
        "code": f"{appraisal.series} v{appraisal.version}",
        "lang": "zh" if chinese else "en",
        "dated": appraisal.created_at.isoformat(timespec="seconds"),
        "disclaimer": disclaimer(),
        "facts": facts(appraisal),
        "warnings": drawn["warnings"],
        "assumptions": drawn["assumptions"],
        "headings": {
            "inputs": _("Inputs"),
            "years": _("Present value by year"),
            "moves": _("What moves the value most"),
            "spread": _("How sure it is"),
            "steps": _("The working, step by step"),
        },
        "input_header": [_("Input"), _("Value"), _("Range"), _("Source")],
        "inputs": [
            [str(one.label), one.figure, f"{one.low} – {one.high}" if one.low else "", one.source]
            for one in given(appraisal)
        ],
        "bars": [
            {"label": bar.label, "part": round(bar.height / most * 100, 1), "figure": bar.figure}
            for bar in drawn["bars"]
        ],
        "move_header": [_("Input"), _("Value at its low end"), _("Value at its high end")],
        "moves": [[str(label), low, high] for label, _row, low, high in drawn["rows"]],
        "spread": [[mark.name.upper(), mark.figure] for mark in drawn["marks"]],
        "step_header": [_("Step"), _("Formula"), _("What it comes to")],
        "steps": [
            [str(label), f"{step.name} = {step.formula}" if step else "", "\n".join(figures)]
            for label, step, figures in drawn["steps"]
        ],
        "proof": {"hash": [_("Hash"), appraisal.hash], "engine": [_("Engine version"), appraisal.engine_version]},
    }


def sheets(appraisal: Appraisal, worked: Worked) -> bytes:
    """The appraisal as a workbook whose formulas come to the value again."""
    about = [(_("Valuation by a model, not a statutory report"),), (disclaimer(),), ("",)]
    inputs = [(str(one.label), one.figure, one.source) for one in given(appraisal)]
    rows = [
        *about,
        *facts(appraisal),
        (_("Hash"), appraisal.hash),
        ("",),
        (_("Input"), _("Value"), _("Source")),
        *inputs,
    ]
    return workbook(worked.result, rows, lambda name: str(STEPS.get(name, INPUTS.get(name, ""))))


def disclaimer() -> str:
    """The sentence every page and paper of a model's value bears."""
    return " ".join(text("valuation/_disclaimer.txt", {}).split())


def facts(appraisal: Appraisal) -> list[tuple[str, str]]:
    """What the value is, of what, for what and until when."""
    told = [
        (_("Valuation"), f"{appraisal.series} v{appraisal.version}"),
        (_("Right"), f"{appraisal.listing.right.title} {appraisal.listing.right.number}"),
        (_("Value"), money(appraisal.value)),
        (_("In words"), capital(appraisal.value)),
        (_("Range"), f"{money(appraisal.low)} – {money(appraisal.high)}"),
        (_("Method"), str(named(appraisal.method))),
        (_("Purpose of the valuation"), appraisal.get_purpose_display()),
        (_("Premise of value"), appraisal.get_premise_display()),
        (_("Base date"), appraisal.valuation_date.isoformat()),
        (_("Valid until"), appraisal.valid_until.isoformat()),
    ]
    return [(label, said) for label, said in told if said]
