"""How fast the catalogue answers at size, on a PostgreSQL of its own: python -m tests.bench.bench_search [--rows N] [--json].

Rows go in by bulk, not through the actions. `search` is one page of matches and how many there are; `page` all that the
catalogue page asks: that, the listings and the counts of every facet.
"""

import argparse
import json
import os
import random
import statistics
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from itertools import islice
from typing import Any

from deploy import debian, throwaway

GOAL_MS = 50
BATCH = 5_000
# What is asked for, between three thousand invented words: every twentieth of a list whose beginning is common.
KNOWN = "电池 电极 锂离子 石墨烯 碳纤维 胰岛素 图像识别 区块链 芯片 轴承 人参皂苷 聚乳酸 激光雷达 镁合金 秸秆".split()
HAN = "天地玄黄宇宙洪荒日月盈昃辰宿列张寒来暑往秋收冬藏闰余成岁律吕调阳云腾致雨露结为霜金生丽水玉出昆冈"
ACTS = "制备 检测 控制 回收 识别 加工 分离 封装 标定 焊接 提取 预警 散热 存证 优化".split()
FORMS = "方法 装置 系统 结构 工艺 设备 材料 组合物 电路 模型".split()
ENGLISH = (
    "method apparatus battery system sensor electrode image coating wireless charging graphene alloy robot".split()
)
QUESTIONS: tuple[dict[str, str], ...] = (
    *(
        {"q": word}
        for word in ("电池", "锂离子", "石墨烯", "方法", "胰岛素", "图像识别", "battery", "graphene coating")
    ),
    *(
        {"q": word}
        for word in ("电池回收方法", "锂离子 battery", "第33类", "池", "AI", "稀土永磁", "2019200012344", "工艺编号77")
    ),
    {"q": "电池", "kind": "patent", "detail": "invention"},
    {"q": "石墨烯", "industry": "energy", "life": "long"},
    {"q": "系统", "sort": "cheapest"},
    {"q": "控制", "sort": "dearest", "pricing": "fixed"},
    {"kind": "trademark", "detail": "33"},
    {"kind": "patent", "industry": "materials", "region": "吉林省长春市"},
    {"auction": "now", "sort": "dearest"},
    {"life": "short", "mode": "licence"},
    {},
)


def main() -> int:
    """Build, measure, print; 1 when the search misses its goal at full size."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=200_000)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    with throwaway.postgres(str(debian.postgres_programs())) as url:
        os.environ |= {"DATABASE_URL": url, "DB_POOL": "0", "DJANGO_SETTINGS_MODULE": "tests.settings"}
        import django
        from django.core.management import call_command

        django.setup()
        call_command("migrate", verbosity=0)
        begun = time.perf_counter()
        build(options.rows)
        figures: dict[str, Any] = {"rows": options.rows, "build_s": round(time.perf_counter() - begun, 1)}
        figures |= sizes() | measure(options.rounds)
    if options.json:
        print(json.dumps(figures, ensure_ascii=False))
    else:
        for name, figure in figures.items():
            print(f"{name:>12}  {figure}")
    return int(options.rows >= 200_000 and figures["search"]["p95_ms"] > GOAL_MS)


def build(rows: int) -> None:
    """So many listings on offer, the words' index made last, as a restore does."""
    from django.db import connection

    from market.parties.models import Party, User
    from tests import people

    seller: Party = people.jilin_university()
    by: User = people.owner_of(seller)
    with connection.cursor() as cursor:
        cursor.execute("DROP INDEX listings_found")
        dice = random.Random(42)
        things = vocabulary(dice)
        made = (described(dice, things, number) for number in range(rows))
        while batch := list(islice(made, BATCH)):
            store(batch, seller, by)
            print(f"\r{batch[-1]['number']}", end="", file=sys.stderr)
        cursor.execute("SET maintenance_work_mem = '512MB'")
        cursor.execute("CREATE INDEX listings_found ON listings_entry USING gin (found)")
        cursor.execute("VACUUM ANALYZE")
    print(file=sys.stderr)


def vocabulary(dice: random.Random) -> list[str]:
    """The words of things, the commonest first."""
    words = ["".join(dice.choices(HAN, k=dice.choice((2, 2, 3, 4)))) for _ in range(3_000)]
    for place, known in enumerate(KNOWN):
        words.insert(place * 20, known)
    return words


def described(dice: random.Random, things: list[str], number: int) -> dict[str, Any]:
    """One invented right: the n-th word of a list comes up about 1/n as often as the first (Zipf)."""

    def one_of(words: list[str]) -> str:
        return words[int(len(words) ** dice.random()) - 1]

    title = f"一种{one_of(things)}{one_of(things)}{one_of(ACTS)}{one_of(FORMS)}及其{one_of(things)}{one_of(FORMS)}"
    pieces = [f"{one_of(things)}的{one_of(ACTS)}{one_of(FORMS)}" for _ in range(dice.randint(6, 14))]
    kind = dice.choices(("patent", "trademark", "copyright"), (70, 20, 10))[0]
    detail = {
        "patent": dice.choice(("invention", "invention", "utility", "design")),
        "trademark": str(dice.randint(1, 45)),
        "copyright": dice.choice(("software", "literary", "artistic")),
    }
    return {
        "number": f"2019{number % 3 + 1}{number:07d}{number % 10}",
        "title": f"{title} 第{number % 45 + 1}类" if kind == "trademark" else title,
        "title_en": " ".join(one_of(ENGLISH) for _ in range(5)),
        "abstract": f"本发明公开了{title}，包括{'，'.join(pieces)}。工艺编号{number % 5000}。",
        "kind": kind,
        "detail": detail[kind],
        "industry": dice.choice(("materials", "energy", "vehicles", "electronics", "equipment", "culture")),
        "region": dice.choice(("吉林省长春市", "吉林省吉林市", "辽宁省沈阳市", "黑龙江省哈尔滨市", "北京市")),
        "mode": dice.choices(("assignment", "licence"), (8, 2))[0],
        "pricing": dice.choice(("auction", "fixed", "negotiable")),
        "state": dice.choices(("published", "in_sale"), (98, 2))[0],
        "price": dice.randint(1, 10**9) if dice.random() < 0.6 else None,
        "days": dice.randint(-100, 6000),
        "ago": timedelta(seconds=dice.randint(0, 10**8)),
    }


def store(batch: list[dict[str, Any]], seller: Any, by: Any) -> None:
    """Rights, particulars, listings and entries of a batch, four statements."""
    from django.db.models import prefetch_related_objects

    from market.kernel import clock
    from market.listings import search
    from market.listings.models import Entry, Listing
    from market.rights.models import Copyright, Patent, Right, Trademark

    now, today = clock.now(), clock.today()
    shared = ("number", "title", "title_en", "abstract", "kind", "industry", "region")
    rights = Right.objects.bulk_create(
        Right(
            **{name: one[name] for name in shared},
            key=one["number"],
            state="granted",
            expires_on=today + timedelta(days=one["days"]),
            registered_by=seller,
        )
        for one in batch
    )
    pairs = list(zip(rights, batch, strict=True))
    Patent.objects.bulk_create(
        Patent(right=right, type=one["detail"]) for right, one in pairs if one["kind"] == "patent"
    )
    Copyright.objects.bulk_create(
        Copyright(right=right, work=one["detail"]) for right, one in pairs if one["kind"] == "copyright"
    )
    Trademark.objects.bulk_create(
        Trademark(right=right, words="商标", nice_class=int(one["detail"]))
        for right, one in pairs
        if one["kind"] == "trademark"
    )
    listings = Listing.objects.bulk_create(
        Listing(
            right=right,
            seller=seller,
            mode=one["mode"],
            pricing=one["pricing"],
            state=one["state"],
            asking_minor=one["price"],
            published_at=now - one["ago"],
            created_by=by,
        )
        for right, one in pairs
    )
    prefetch_related_objects(listings, "right__creators")
    Entry.objects.bulk_create(search.entry_of(listing) for listing in listings)


def sizes() -> dict[str, Any]:
    """What the catalogue takes on the disk, in megabytes."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_total_relation_size('listings_entry'), pg_relation_size('listings_found')")
        table, index = cursor.fetchone()
    return {"entries_mb": round(table / 2**20), "words_index_mb": round(index / 2**20)}


def measure(rounds: int) -> dict[str, Any]:
    """Milliseconds of the search and of the whole page over all questions, and the slowest question of each."""
    from market.listings import queries
    from market.listings.rules import Wanted

    def found(wanted: Wanted) -> None:
        queries.page(wanted, queries.tally(wanted, ()).rows)

    asked = [Wanted(**question) for question in QUESTIONS]
    deep = [queries.catalogue(Wanted(q="方法", sort=sort)) for sort in ("newest", "cheapest")]
    asked += [
        Wanted(q="方法", sort=sort, after=one.after) for sort, one in zip(("newest", "cheapest"), deep, strict=True)
    ]
    return {
        "search": timed(found, [one for one in asked if one.q], rounds),
        "page": timed(queries.catalogue, asked, rounds),
    }


def timed(act: Callable[[Any], object], asked: list[Any], rounds: int) -> dict[str, Any]:
    """p50 and p95 over every question asked `rounds` times, warm; and each question's own median, the slowest first."""
    taken: dict[str, list[float]] = {}
    for wanted in [*asked, *(one for _ in range(rounds) for one in asked)]:
        begun = time.perf_counter()
        act(wanted)
        name = " ".join(f"{key}={value}" for key, value in wanted.address().items() if key != "after") or "all"
        taken.setdefault(name, []).append((time.perf_counter() - begun) * 1000)
    every = sorted(moment for moments in taken.values() for moment in moments[1:])
    cuts = statistics.quantiles(every, n=100)
    slowest = sorted(taken, key=lambda name: -statistics.median(taken[name]))[:5]
    return {
        "p50_ms": round(cuts[49], 1),
        "p95_ms": round(cuts[94], 1),
        "slowest": {name: round(statistics.median(taken[name]), 1) for name in slowest},
    }


if __name__ == "__main__":
    sys.exit(main())
