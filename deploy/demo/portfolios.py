"""The demonstration's portfolios: one with a gap and a mark left behind, and one that is on offer as a whole."""

from datetime import timedelta
from typing import Any

from deploy.demo import cast
from market.kernel import clock
from market.listings.bundles import actions as bundles
from market.listings.models import Bundle
from market.listings.rules import REVIEWED
from market.rights import actions as register
from market.rights.importers.drafts import RightDraft
from market.rights.models import Right
from market.rights.portfolios import actions
from market.rights.portfolios.models import Portfolio
from market.rights.rules.identifiers import check_number, cn_check_digit

SOURCE = "demo portfolio"
PATENTS = (
    (
        "invention",
        "一种固态电池正极的低温成膜方法",
        "Low-temperature film forming for solid-state cathodes",
        "H01M4/04",
    ),
    ("utility", "一种寒区储能柜保温结构", "Insulated energy storage cabinet for cold regions", "H01M10/658"),
)
INSPECTION = (
    "utility",
    "一种输电线路巡检无人机挂载机构",
    "Payload mount for power-line inspection drones",
    "B64U101/30",
)
MARKS = (("固源", "Guyuan", 9), ("固源", "Guyuan", 12), ("固源储能", "Guyuan Storage", 9))


def build() -> Portfolio:
    """One portfolio of `qiye`: two product lines, one of them without a patent in its place; the last mark stays outside."""
    owner, by = cast.party("qiye"), cast.user("qiye")
    patents = [_right(_patent(place, *said)) for place, said in enumerate(PATENTS)]
    marks = [_right(_mark(place, *said)) for place, said in enumerate(MARKS)]
    made = actions.create(owner=owner, name="固态电池组合", name_en="Solid-state batteries", by=by)
    actions.add(made, rights=[*patents, *marks[:2]], by=by)
    cells: dict[str, Any] = {"name": "动力电池", "name_en": "Traction batteries", "classes": [9, 12], "ipc": ["H01M"]}
    stores: dict[str, Any] = {
        "name": "储能系统",
        "name_en": "Energy storage",
        "classes": [9, 37],
        "ipc": ["H01M", "H02J"],
    }
    actions.set_line(made, line=None, **cells, together=True, rights=[patents[0], *marks[:2]], by=by)
    actions.set_line(made, line=None, **stores, together=False, rights=[patents[1], marks[0]], by=by)
    return made


def offer() -> Bundle:
    """A patent and a mark of `gaoxiao` on offer together, vouched for by `jigou`."""
    owner, by = cast.party("gaoxiao"), cast.user("gaoxiao")
    rights = [
        _right(_patent(len(PATENTS), *INSPECTION), "gaoxiao"),
        _right(_mark(len(MARKS), "巡空", "Xunkong", 12), "gaoxiao"),
    ]
    made = actions.create(owner=owner, name="无人机巡检组合", name_en="Drone inspection", by=by)
    actions.add(made, rights=rights, by=by)
    text: dict[str, Any] = {
        "summary": "挂载机构专利与巡检无人机商标，整体转让。",
        "summary_en": "The patent of a payload mount and the mark of the drones it flies on, sold together.",
        "defects": "无",
    }
    bundle = bundles.begin(made, way=Bundle.Way.WHOLE, agency=cast.party("jigou"), by=by, **text)
    bundles.submit(bundle, by=by)
    return bundles.accept(bundle, ticked=tuple(REVIEWED), by=cast.user("jigou"))


def _right(draft: RightDraft, holder: str = "qiye") -> Right:
    """The right entered for its holder, looked up at the office, its annuity paid."""
    owner = cast.party(holder)
    made = register.register(draft=draft, holders=[(owner, 1, 1)], party=owner, by=cast.user(holder))
    if draft.kind == "patent":
        paid = {"annuity_paid_to": clock.today() + timedelta(days=200)}
        register.describe(made, columns={}, particulars=paid)
    return register.verify(made, by=cast.user("jigou"))


def _patent(place: int, type: str, title: str, title_en: str, ipc: str) -> RightDraft:
    digit = {"invention": "1", "utility": "2"}[type]
    body = f"2022{digit}{9_100_000 + place:07d}"
    number = f"{body}.{cn_check_digit(body)}"
    checked = check_number("patent", type, "CN", f"ZL{number}", today=clock.today())
    own: dict[str, Any] = {"application_no": number, "grant_no": f"ZL{number}", "ipc": (ipc,), "inventors": ("赵明",)}
    return RightDraft(
        kind="patent", type=type, key=checked.key, number=f"ZL{number}", **_said(title, title_en, 1600), **own
    )


def _mark(place: int, words: str, words_en: str, nice_class: int) -> RightDraft:
    checked = check_number("trademark", "", "CN", str(61_500_000 + place), today=clock.today())
    own: dict[str, Any] = {"groups": (f"{nice_class:02d}22",), "goods": "蓄电池" if nice_class == 9 else "电动车"}
    return RightDraft(
        kind="trademark",
        type="",
        key=checked.key,
        number=checked.display,
        nice_class=nice_class,
        **_said(words, words_en, 2400),
        **own,
    )


def _said(title: str, title_en: str, days: int) -> dict[str, Any]:
    """What every kind has: filed so many days ago, granted a year and a half later."""
    filed = clock.today() - timedelta(days=days)
    said = {"office": "CN", "title": title, "title_en": title_en, "industry": "energy", "source": SOURCE}
    return {**said, "filed_on": filed, "granted_on": filed + timedelta(days=550)}
