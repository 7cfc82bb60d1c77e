"""The kinds of reader a page is shown to, and which of them are taken in turn on every change."""

import itertools
from collections.abc import Iterable
from typing import Any

import pytest

LANGUAGES, SCHEMES = ("zh-hans", "en"), ("light", "dark")
# Neighbours in a list of pages are much alike: this many kinds further, the next reader differs in most respects.
TURN = 3


def shown(names: Iterable[str], widths: tuple[int, ...], often: Iterable[str] = ()) -> list[Any]:
    """Parameters (name, language, scheme, width): every page for every kind of reader.

    All are marked `pages`. One kind is taken for each page, another for the next one, so that every kind sees some of
    them; and for the pages in `often` half the kinds, in which any two of language, scheme and width meet. The rest is
    marked `readers`, too.
    """
    kinds = list(itertools.product(LANGUAGES, SCHEMES, widths))
    halves = [
        (language, scheme, width)
        for language, scheme, width in kinds
        if (LANGUAGES.index(language) + SCHEMES.index(scheme) + widths.index(width)) % 2 == 0
    ]
    parameters = []
    for number, name in enumerate(names):
        taken = halves if name in often else [kinds[number * TURN % len(kinds)]]
        for kind in kinds:
            marks = [pytest.mark.pages] if kind in taken else [pytest.mark.pages, pytest.mark.readers]
            parameters.append(pytest.param(name, *kind, marks=marks, id=f"{name}-{'-'.join(map(str, kind))}"))
    return parameters
