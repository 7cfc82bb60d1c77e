"""On which day title to an assigned right passes: never the hammer, always the law's own event (R19)."""

from datetime import date


def title_date(kind: str, contract_on: date, decided_on: date | None) -> date | None:
    """The day title passes to the assignee of a right of `kind`; None while the office has not decided.

    Patent and layout design: the day of registration (专利法 10, 集成电路布图设计保护条例 22); variety: that of its entry
    with the authority (植物新品种保护条例 9); mark: the day of the gazette (商标法 42); all `decided_on`. Copyright needs
    no registration: the day the written contract took effect, `contract_on` (著作权法 27, 民法典 490).
    """
    return contract_on if kind == "copyright" else decided_on
