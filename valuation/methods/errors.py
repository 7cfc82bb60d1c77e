"""What a method refuses: a code, the input it is about, and a sentence of the catalogue that says how to go on."""

from typing import Any

from market.kernel.errors import Refused
from market.kernel.words import sentence


class ValuationError(Refused):
    """An input that no figure may be made from: `code` ("valuation.growth_ge_discount"), the `field`, the facts."""

    def __init__(self, code: str, /, field: str, **facts: Any) -> None:
        super().__init__(code, field=field, **facts)
        self.field = field

    @property
    def message(self) -> str:
        """The sentence for the reader, in the active language."""
        return sentence(self)
