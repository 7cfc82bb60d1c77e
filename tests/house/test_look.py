"""The look, as far as a machine can see it: one small style sheet of tokens, nothing unused, everything readable."""

import gzip
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from django.apps import apps

from market.kernel import tints

ROOT = Path(__file__).resolve().parents[2]
SHEET = ROOT / "market" / "static" / "market" / "app.css"
SCRIPT = SHEET.with_name("site.js")

# Text on ground, and the least contrast WCAG 2.2 AA (ours: body text, AAA) asks of it.
READABLE = [
    *((("ink", ground), 7.0) for ground in ("paper", "surface", "sunken")),
    *(((text, ground), 4.5) for text in ("ink2", "link") for ground in ("paper", "surface", "sunken", "info-bg")),
    *((("link", f"{tint}-bg"), 4.5) for tint in ("lead", "out", "ok", "err")),
    *((("ink", f"{tint}-bg"), 7.0) for tint in ("lead", "out", "ok", "err", "info")),
    *((("ink2", f"{tint}-bg"), 4.5) for tint in ("lead", "out", "ok", "err", "info")),
    *(((tint, f"{tint}-bg"), 4.5) for tint in ("lead", "out", "ok", "err", "info")),
    *(((tint, "surface"), 4.5) for tint in ("lead", "out", "ok", "err", "seal", "ink3")),
    *((("on-brand", brand), 4.5) for brand in ("brand", "brand-h")),
    *(((line, ground), 3.0) for line in ("edge", "focus") for ground in ("paper", "surface")),
    *(((f"c{number}", "surface"), 3.0) for number in range(1, 7)),
]


@cache
def rules() -> str:
    """The style sheet without its comments."""
    return re.sub(r"/\*.*?\*/", "", SHEET.read_text(), flags=re.DOTALL)


def palettes() -> Iterator[tuple[str, dict[str, str]]]:
    """The light colours, then each of the two dark ones (chosen by the system, chosen by the reader)."""
    blocks = re.findall(r"(:root[^{]*)\{([^}]*--paper[^}]*)\}", rules())
    light = dict(re.findall(r"--([\w-]+):(#[0-9A-F]{3,6})", blocks[0][1]))
    for selector, block in blocks:
        yield selector, light | dict(re.findall(r"--([\w-]+):(#[0-9A-F]{3,6})", block))


def luminance(colour: str) -> float:
    """Relative luminance (WCAG 2.2)."""
    digits = colour.lstrip("#")
    digits = digits if len(digits) == 6 else "".join(2 * digit for digit in digits)
    parts = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Contrast ratio (WCAG 2.2), 1 to 21."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def test_every_pair_of_colours_is_readable_in_light_and_dark() -> None:
    poor = [
        f"{selector} {text} on {ground}: {contrast(colours[text], colours[ground]):.2f} < {least}"
        for selector, colours in palettes()
        for (text, ground), least in READABLE
        if contrast(colours[text], colours[ground]) < least
    ]
    assert not poor, "\n".join(poor)


def test_the_dark_the_system_asks_for_is_the_dark_the_reader_asks_for() -> None:
    _light, system, reader = (colours for _selector, colours in palettes())
    assert system == reader


def test_colours_are_named_in_the_first_section_only() -> None:
    rest = SHEET.read_text().split("/* 2 base")[1]
    assert not re.findall(r"#[0-9A-Fa-f]{3,8}\b|rgba?\(|hsla?\(", rest)


def test_nothing_is_more_important_than_hidden() -> None:
    assert re.findall(r"([^{}]*)\{[^}]*!important", rules()) == ["\n[hidden]"]


@pytest.mark.parametrize(("path", "raw", "packed"), [(SHEET, 22_528, 8_192), (SCRIPT, 6_144, 5_120)])
def test_what_every_page_loads_stays_small(path: Path, raw: int, packed: int) -> None:
    content = path.read_bytes()
    assert len(content) < raw
    assert len(gzip.compress(content)) < packed


def sources(*suffixes: str) -> Iterator[Path]:
    """Every file of the product that may name a class."""
    for top in ("templates", "market", "auctions", "valuation", "deploy"):
        for path in (ROOT / top).rglob("*"):
            if path.suffix in suffixes and "migrations" not in path.parts:
                yield path


def test_every_class_a_page_names_exists() -> None:
    known = {name for sheet in sources(".css") for name in re.findall(r"\.([a-z][\w-]*)", sheet.read_text())}
    unknown = []
    for path in sources(".html"):
        for attribute in re.findall(r'\sclass="((?:[^"{]|\{%.*?%\}|\{\{.*?\}\})*)"', path.read_text()):
            words = re.sub(r"\{%.*?%\}", " ", re.sub(r"\{\{.*?\}\}", "\0", attribute)).split()
            unknown += [f"{path.relative_to(ROOT)}: {word}" for word in words if "\0" not in word and word not in known]
    assert not unknown, "\n".join(unknown)


def test_every_class_of_the_style_sheet_is_used() -> None:
    text = "\n".join(path.read_text() for path in sources(".html", ".js", ".py"))
    selectors = " ".join(re.findall(r"([^{}]*)\{", rules()))
    names = set(re.findall(r"\.([a-z][\w-]*)", selectors))
    built = {name for name in names if re.match(r"(tag|note)-|t\d$", name)}  # put together from a tint or a number
    unused = {name for name in names - built if not re.search(rf"(?<![\w-]){name}(?![\w-])", text)}
    assert not unused, f"in no page: {sorted(unused)}"


def test_every_state_of_every_row_has_its_tint() -> None:
    grey = [
        f"{model.__name__}: {state}"
        for model in apps.get_models()
        if hasattr(model, "MOVES")
        for state, _word in model._meta.get_field("state").choices
        if not {state, f"{model._meta.model_name}.{state}"} & tints.LOOKS.keys()
    ]
    assert not grey, "\n".join(grey)
