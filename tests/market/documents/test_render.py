"""Our own papers: the same bytes for the same data, our font and no other, nothing typed becomes markup."""

import shutil
import subprocess
from pathlib import Path

import pytest

from market.documents import render

PAPER = """#import "base.typ": *
#show: paper.with(title: "成交确认书", subtitle: "Confirmation of sale", code: data.code)
#facts((("标的 Lot", data.lot), ("成交价 Price", data.price)))
#clause("一", "转让标的")[*买受人*应于十日内付款。]
#rows(header: ("名称", "金额"), numbers: (1,), (("一种方法", data.price),))
#remark[签署后生效。]
#signatures(((role: "出让方 Seller", name: "吉林大学"), (role: "受让方 Buyer", name: "安妮", signed: "2026-11-23")))
#seal("落槌")
"""
DATA = {"code": "D-7K3M9QX2TC", "lot": "龘㛃䶮 *x* #panic() $y$", "price": "¥1,180,000.00", "dated": "2026-11-23"}


@pytest.fixture
def paper(tmp_path: Path, settings: object) -> str:
    """A paper called "trial" beside the house's base."""
    shutil.copytree(Path(settings.ROOT) / "templates" / "pdf", tmp_path / "templates" / "pdf")  # type: ignore[attr-defined]
    (tmp_path / "templates" / "pdf" / "trial.typ").write_text(PAPER)
    settings.ROOT = tmp_path  # type: ignore[attr-defined]
    return "trial"


def test_the_same_data_give_the_same_bytes(paper: str) -> None:
    first = render.pdf(paper, DATA)
    assert first.startswith(b"%PDF-")
    assert render.pdf(paper, dict(reversed(DATA.items()))) == first


@pytest.mark.parametrize("change", [{"lot": "另一标的"}, {"dated": "2026-11-24"}])
def test_other_data_give_other_bytes(paper: str, change: dict[str, str]) -> None:
    assert render.pdf(paper, DATA | change) != render.pdf(paper, DATA)


def test_only_our_font_is_in_the_file(paper: str) -> None:
    made = render.pdf(paper, DATA)
    assert b"NotoSerifSC" in made
    assert b"Libertinus" not in made


def test_the_text_can_be_read_out_again_and_stays_text(paper: str) -> None:
    done = subprocess.run(["pdftotext", "-", "-"], input=render.pdf(paper, DATA), capture_output=True, check=True)
    text = done.stdout.decode()
    for words in ("成交确认书", "龘㛃䶮", "*x* #panic() $y$", "第一条", "第1页/共1页", "D-7K3M9QX2TC"):
        assert words.replace(" ", "") in text.replace(" ", "")


def test_what_is_not_json_is_a_mistake_of_ours(paper: str) -> None:
    with pytest.raises(ValueError, match="JSON"):
        render.pdf(paper, {"price": float("nan")})
    with pytest.raises(TypeError):
        render.pdf(paper, {"price": object()})


@pytest.mark.parametrize("typed", ["🦊", "㐂", "\u202ecba", "\x00", "ا", "\\u0001", '"', "a\nb"])
def test_a_character_without_a_picture_stops_no_paper(paper: str, typed: str) -> None:
    assert render.pdf(paper, DATA | {"lot": typed, "lots": [{"name": typed}]})


def test_a_character_without_a_picture_is_printed_as_its_number(paper: str) -> None:
    made = render.pdf(paper, DATA | {"lot": "商标🦊"})
    done = subprocess.run(["pdftotext", "-", "-"], input=made, capture_output=True, check=True)
    assert "商标〔U+1F98A〕" in done.stdout.decode()


def test_the_font_is_small_and_comes_with_its_licence() -> None:
    assert (render.FONTS / "NotoSerifSC-Regular.otf").stat().st_size < 8_000_000
    assert "SIL Open Font License" in (render.FONTS / "OFL.txt").read_text()
