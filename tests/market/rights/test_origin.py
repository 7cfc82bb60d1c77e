"""Where a right comes from: its makers in the office's order, and the family of one first application."""

import pytest

from market.listings.forms.fields import CreatorsField
from market.parties.models import Party
from market.rights import actions
from market.rights.models import Family
from market.rights.queries import family_of
from market.rights.rules.checked import Key
from tests import assets

pytestmark = pytest.mark.django_db
ROOT = Key("CN", "201810000001.X")


def test_makers_keep_the_office_s_order_and_may_be_known_to_the_market(jida: Party, anne_co: Party) -> None:
    right = assets.draft_right(jida, draft=assets.patent_draft(inventors=("王芳", "李伟", "")))
    assert [(one.place, one.name) for one in right.creators.all()] == [(1, "王芳"), (2, "李伟")]
    typed = CreatorsField().clean(f"李伟（{anne_co.code}）\n王芳")
    actions.describe(right, columns={}, particulars={"creators": typed})
    named = list(right.creators.select_related("party"))
    assert [(one.name, one.party) for one in named] == [("李伟", anne_co), ("王芳", None)]
    assert CreatorsField().prepare_value(named) == f"李伟 {anne_co.code}\n王芳"


def test_a_family_is_made_by_its_first_application_and_left_again(jida: Party) -> None:
    first, second, stranger = (assets.draft_right(jida, draft=assets.patent_draft(serial)) for serial in (1, 2, 3))
    for right in (first, second):
        actions.describe(right, columns={}, particulars={"family": ROOT})
        right.refresh_from_db()
    assert Family.objects.get().members.count() == 2
    assert family_of(first) == []  # a draft shows nothing to others
    actions.verify(second, by=assets.owner_of(jida))
    assert family_of(first) == [second]
    assert family_of(stranger) == []
    actions.describe(first, columns={}, particulars={"family": None})
    first.refresh_from_db()
    assert family_of(first) == []
