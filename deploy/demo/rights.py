"""The demonstration's rights: an endless series of drafts with valid numbers."""

from datetime import date, timedelta
from typing import Any

from deploy.demo.titles import FIELDS, PATENTS, SAMPLES, Sample
from market.kernel import clock
from market.rights.importers.drafts import RightDraft
from market.rights.rules.identifiers import check_number, cn_check_digit

HOLDERS = ("gaoxiao", "qiye", "famingren")
INVENTORS = ("王晓东", "李伟", "赵明", "刘洋", "金哲洙", "孙丽华", "崔岩", "韩冰")
_DIGIT = {"invention": "1", "utility": "2", "design": "3"}


def sample(index: int) -> Sample:
    """The invented right number `index`: the catalogue first, then patents improved for one field after the other."""
    if index < len(SAMPLES):
        return SAMPLES[index]
    beyond = index - len(SAMPLES)
    base, field = PATENTS[beyond % len(PATENTS)], FIELDS[beyond // len(PATENTS) % len(FIELDS)]
    kind = "utility" if field[1].endswith("apparatus") else "invention"
    english = f"{base.title_en}: {field[1]}"
    return base._replace(type=kind, title=f"{base.title.removeprefix('一种')}{field[0]}", title_en=english)


def draft(index: int) -> RightDraft:
    """The draft of right number `index`; its number is valid and its dates lie where the law puts them."""
    one = sample(index)
    today = clock.today()
    filed = today - timedelta(days=1400 + index * 37 % 1500)
    granted = filed + timedelta(days=620 + index * 13 % 200)
    common: dict[str, Any] = {
        "kind": one.kind,
        "office": "CN",
        "title": one.title,
        "title_en": one.title_en,
        "industry": one.industry,
        "filed_on": filed,
        "granted_on": granted,
        "source": "demo",
    }
    inventors = tuple(INVENTORS[(index + step) % len(INVENTORS)] for step in range(1 + index % 3))
    if one.kind == "patent":
        return _patent(index, one, filed, inventors, common)
    if one.kind == "trademark":
        checked = check_number("trademark", "", "CN", str(41_000_000 + index * 7919), today=today)
        groups = (f"{int(one.mark):02d}01", f"{int(one.mark):02d}02")
        return RightDraft(
            **common,
            type="",
            key=checked.key,
            number=checked.display,
            nice_class=int(one.mark),
            groups=groups,
            goods=one.title,
        )
    typed = f"{granted.year}SR{100_000 + index * 313}"
    if one.mark != "software":
        typed = f"吉作登字-{granted.year}-F-{10_000 + index * 31:08d}"
    checked = check_number("copyright", one.mark, "CN", typed, today=today)
    return RightDraft(
        **common,
        type=one.mark,
        key=checked.key,
        number=checked.display,
        inventors=inventors,
        completed_on=filed,
        published_on=filed + timedelta(days=90),
    )


def _patent(index: int, one: Sample, filed: date, inventors: tuple[str, ...], common: dict[str, Any]) -> RightDraft:
    body = f"{filed.year}{_DIGIT[one.type]}{1_000_000 + index * 4_271:07d}"
    application = f"{body}.{cn_check_digit(body)}"
    checked = check_number("patent", one.type, "CN", f"ZL{application}", today=clock.today())
    abstract = f"本发明公开了{one.title}，在保证性能的前提下降低了成本与能耗，适用于规模化生产。"
    claim = f"1. {one.title}，其特征在于，包括以下步骤：备料、处理、检测与反馈控制。"
    return RightDraft(
        **common,
        type=one.type,
        key=checked.key,
        number=f"ZL{application}",
        application_no=application,
        grant_no=f"ZL{application}",
        abstract=abstract,
        first_claim=claim,
        claims=6 + index % 9,
        inventors=inventors,
        ipc=(one.mark,),
    )


def seller(index: int) -> str:
    """Who lists right number `index`, by the name they log in with."""
    return HOLDERS[index % len(HOLDERS)]
