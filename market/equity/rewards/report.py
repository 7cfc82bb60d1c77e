"""The yearly report of a unit as a workbook: the sums by way, then every income."""

import io
from collections.abc import Iterable, Sequence
from decimal import Decimal

from django.utils.translation import gettext as _
from openpyxl import Workbook

from market.equity.rewards.models import Income
from market.equity.rewards.queries import Total
from market.kernel.money import Money
from market.kernel.tables import safe_row


def workbook(totals: Sequence[Total], rows: Iterable[Income]) -> bytes:
    """The two sheets as XLSX; no cell is a formula, sums are in whole units of their currency."""
    book = Workbook(write_only=True)
    sums = [_("Currency"), _("Income"), _("Of it to those who made it"), _("Kept by the unit")]
    by_way = book.create_sheet(_("By way"))
    by_way.append(safe_row([_("Way"), _("Results put to use"), *sums]))
    for total in totals:
        by_way.append(safe_row([total.way, total.count, *_sums(total.amount, total.inventors, total.kept)]))
    each = book.create_sheet(_("Each income"))
    each.append(safe_row([_("Day"), _("Right"), _("Number"), _("Way"), *sums]))
    for row in rows:
        about = [row.on.isoformat(), row.title, row.number, row.get_way_display()]
        each.append(safe_row([*about, *_sums(row.amount, row.inventors, row.kept)]))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _sums(*amounts: Money) -> list[str | Decimal]:
    return [amounts[0].currency, *(Decimal(amount.plain()) for amount in amounts)]
