"""Sales whose lots end together: the sale's row is locked before its lots, always, so that two of them never wait crosswise."""

from collections.abc import Collection

from auctions.models import Lot, Sale

REMEMBERED = 100_000  # lots; forgetting them costs one look each

_known: dict[int, int] = {}  # lot -> its sale, where the sale's lots end together, else 0


def hold(lot_ids: Collection[int]) -> set[int]:
    """Lock the sales whose lots end together, in ascending order, of those that `lot_ids` are in; all their open lots.

    Nothing is asked about a lot twice: the rules of a sale are frozen when its notice is published. Must run in the
    transaction that then locks the lots.
    """
    sales = sorted({_known[pk] for pk in _looked_up(lot_ids) if _known[pk]})
    if not sales:
        return set()
    list(Sale.objects.select_for_update(no_key=True).filter(pk__in=sales).order_by("pk").values_list("pk"))
    return set(Lot.objects.filter(sale__in=sales, state__in=Lot.BIDDING).values_list("pk", flat=True))


def _looked_up(lot_ids: Collection[int]) -> Collection[int]:
    """Those of the lots that exist, each remembered."""
    new = [pk for pk in lot_ids if pk not in _known]
    if new:
        if len(_known) > REMEMBERED:
            _known.clear()
            new = [*lot_ids]
        for pk, sale, rules in Lot.objects.filter(pk__in=new).values_list("pk", "sale", "sale__rules"):
            _known[pk] = sale if rules.get("group_soft_close") else 0
    return [pk for pk in lot_ids if pk in _known]
