"""Columns that several rooms share: public codes, currencies and the view of two columns as Money."""

from functools import partial
from typing import Any

from django.db import models

from market.kernel.ids import new_code
from market.kernel.money import EXPONENTS, Money


def code_field(prefix: str) -> "models.CharField[str, str]":
    """The public id of a row, made when the row is made ("D-7K3M9QX2TC")."""
    return models.CharField(max_length=16, unique=True, editable=False, default=partial(new_code, prefix))


def currency_field() -> "models.CharField[str, str]":
    """An ISO 4217 currency the market keeps books in; CNY unless said otherwise."""
    return models.CharField(max_length=3, default="CNY", choices=[(code, code) for code in EXPONENTS])


class MoneyOf:
    """Reads and writes `<column>` and the row's `currency` as one Money (None when the column is null)."""

    def __init__(self, column: str) -> None:
        self.column = column

    def __get__(self, row: Any, owner: type | None = None) -> Any:
        if row is None:
            return self
        minor = getattr(row, self.column)
        return None if minor is None else Money(minor, row.currency)
