"""The demonstration's import: a table of `qiye` with good rows and such as wait to be mended."""

from deploy.demo import cast
from market.documents import actions as documents
from market.listings import imports
from market.rights.importers import reading
from market.rights.importers.columns import COLUMNS
from market.rights.importers.models import Import

NAME = "2026年度资产清单.csv"
HEADINGS = ("kind", "number", "title", "filed_on", "granted_on", "nice_class")
ROWS = (
    ("注册商标", "61234501", "雪岭云仓", "2022-03-01", "2023-06-07", "39"),
    ("软件著作权", "2023SR0456789", "冷链调度平台 V2.0", "", "2023-04-20", ""),
    ("发明专利", "201310699744.3", "一种保温箱体", "2013-12-18", "2016-05-04", ""),
    ("注册商标", "61234502", "雪岭云仓", "43831", "2023-06-07", ""),
    ("专有技术", "A-17", "低温发酵工艺", "", "", ""),
)


def build() -> Import:
    """The table, handed in and read."""
    party, by = cast.party("qiye"), cast.user("qiye")
    lines = [[COLUMNS[key].heading for key in HEADINGS], *ROWS]
    content = "\n".join(",".join(cells) for cells in lines).encode("utf-8-sig")
    version = documents.store(
        subject=party.ref,
        kind="import",
        title=NAME,
        name=NAME,
        content=content,
        content_type="",
        owner=party,
        by=by,
    )
    run = reading.begin(version=version, party=party, by=by)
    imports.run_due()
    return run
