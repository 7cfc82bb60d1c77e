"""Rights and parties among the choices of a form are named in the reader's language."""

from collections.abc import Callable

import pytest
from django import forms
from django.utils import translation

from market.deals.crosses.forms import CrossForm
from market.deals.open_licences.forms import DeclareForm
from market.listings.forms.portfolio import PortfolioForm
from market.parties.models import Party
from market.rights.models import Right

RIGHT = Right(code="R-1", number="ZL1", title="固态电解质制备方法", title_en="Making a solid electrolyte")
MARK = Right(code="R-2", number="1590557", title="长白雪")  # nobody gave it an English name
AGENCY = Party(code="P-1", name="长春知识产权运营中心", name_en="Changchun IP Centre")
Made = Callable[[], forms.Form]


@pytest.mark.parametrize(
    ("made", "rights"),
    [
        (lambda: CrossForm(rights=[RIGHT, MARK], agencies=[AGENCY]), "given"),
        (lambda: DeclareForm(rights=[RIGHT, MARK], agencies=[AGENCY]), "right"),
        (lambda: PortfolioForm(inside=[], outside=[RIGHT, MARK]), "add"),
    ],
)
@pytest.mark.parametrize(
    ("language", "right", "agency"),
    [
        ("zh-hans", "ZL1 固态电解质制备方法", "长春知识产权运营中心"),
        ("en", "ZL1 Making a solid electrolyte", "Changchun IP Centre"),
    ],
)
def test_choices_read_as_their_reader_does(made: Made, rights: str, language: str, right: str, agency: str) -> None:
    with translation.override(language):
        fields = made().fields
        assert fields[rights].choices == [("R-1", right), ("R-2", "1590557 长白雪")]  # type: ignore[attr-defined]
        if "agency" in fields:
            assert fields["agency"].choices == [("P-1", agency)]  # type: ignore[attr-defined]
