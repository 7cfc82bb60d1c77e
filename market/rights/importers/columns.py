"""The columns of the table template, their bilingual headings, and the words their cells may hold."""

from dataclasses import dataclass

from market.kernel.typed import tidy
from market.rights.importers.drafts import ENGLISH_TITLE, TITLE
from market.rights.rules.taxonomy import CIRCUIT_FUNCTIONS, GROWTHS, INDUSTRIES, PATENT_TYPES, WORK_KINDS


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its `key`, its heading in both languages, whether every row needs it, how many letters it holds."""

    key: str
    zh: str
    en: str
    required: bool = False
    limit: int = 300

    @property
    def heading(self) -> str:
        """The heading the template writes."""
        return f"{self.zh} {self.en}"


TEMPLATE_COLUMNS = (
    Column("kind", "类型", "Kind", required=True, limit=40),
    Column("office", "国家或机构", "Office", limit=2),
    Column("number", "号码", "Number", required=True, limit=60),
    Column("title", "名称", "Title", required=True, limit=TITLE),
    Column("title_en", "英文名称", "English title", limit=ENGLISH_TITLE),
    Column("holder", "权利人统一社会信用代码", "Holder USCC", limit=400),
    Column("publication_no", "公布或公告号", "Publication number", limit=60),
    Column("filed_on", "申请日", "Filed on", limit=40),
    Column("granted_on", "授权或注册登记日", "Granted or registered on", limit=40),
    Column("completed_on", "创作完成日", "Completed on", limit=40),
    Column("published_on", "首次发表日", "First published on", limit=40),
    Column("exploited_on", "首次商业利用日", "First put to commercial use on", limit=40),
    Column("ipc", "国际专利分类或洛迦诺分类", "IPC or Locarno", limit=2000),
    Column("nice_class", "尼斯分类", "Nice class", limit=10),
    Column("groups", "类似群", "Similarity groups", limit=600),
    Column("goods", "商品或服务", "Goods or services", limit=5000),
    Column("species", "属或者种", "Genus or species", limit=120),
    Column("work_kind", "作品类型", "Work kind", limit=40),
    Column("industry", "产业", "Industry", limit=60),
    Column("abstract", "摘要", "Abstract", limit=10000),
    Column("inventors", "发明人或作者", "Inventors or authors", limit=2000),
)
COLUMNS = {column.key: column for column in TEMPLATE_COLUMNS}
EXAMPLE = "【示例 Example】"  # a row whose title begins so shows how and is not imported

# What a cell of the kind column may say: the kind of right and, for patents and software, its type.
KIND_WORDS = {
    "发明专利": ("patent", "invention"),
    "发明": ("patent", "invention"),
    "invention": ("patent", "invention"),
    "invention patent": ("patent", "invention"),
    "实用新型": ("patent", "utility"),
    "实用新型专利": ("patent", "utility"),
    "utility": ("patent", "utility"),
    "utility model": ("patent", "utility"),
    "外观设计": ("patent", "design"),
    "外观设计专利": ("patent", "design"),
    "design": ("patent", "design"),
    "design patent": ("patent", "design"),
    "商标": ("trademark", ""),
    "注册商标": ("trademark", ""),
    "trademark": ("trademark", ""),
    "软件著作权": ("copyright", "software"),
    "计算机软件著作权": ("copyright", "software"),
    "计算机软件": ("copyright", "software"),
    "软件": ("copyright", "software"),
    "software": ("copyright", "software"),
    "software copyright": ("copyright", "software"),
    "作品著作权": ("copyright", ""),
    "著作权": ("copyright", ""),
    "版权": ("copyright", ""),
    "作品": ("copyright", ""),
    "copyright": ("copyright", ""),
    "集成电路布图设计": ("ic_layout", "other"),
    "布图设计": ("ic_layout", "other"),
    "ic layout": ("ic_layout", "other"),
    "layout design": ("ic_layout", "other"),
    **{f"布图设计（{zh}）": ("ic_layout", key) for key, zh in CIRCUIT_FUNCTIONS.items()},
    "植物新品种": ("plant_variety", "other"),
    "plant variety": ("plant_variety", "other"),
    **{f"植物新品种（{zh}）": ("plant_variety", key) for key, zh in GROWTHS.items()},
}
KIND_CHOICES = (
    *PATENT_TYPES.values(),
    *("注册商标", "软件著作权", "作品著作权"),
    *("集成电路布图设计", "植物新品种", "植物新品种（木本、藤本植物）"),
)
INDUSTRY_WORDS = {word: key for key, zh in INDUSTRIES.items() for word in (key, zh)}
WORK_WORDS = {word: key for key, zh in WORK_KINDS.items() for word in (key, zh, zh.removesuffix("作品"))}

EXAMPLES: tuple[dict[str, str], ...] = (
    {
        "kind": "发明专利",
        "number": "202210000001.0",
        "title": f"{EXAMPLE}一种锂离子电池负极材料及其制备方法",
        "title_en": "Anode material for lithium-ion batteries",
        "holder": "91220101MA0000007M",
        "publication_no": "CN114000001B",
        "filed_on": "2022-01-04",
        "granted_on": "2024-03-12",
        "ipc": "H01M 4/36; H01M 10/0525",
        "industry": "新能源",
        "abstract": "以硅碳复合材料为负极，提高循环寿命。",
        "inventors": "宋薇; 郑凯",
    },
    {
        "kind": "实用新型",
        "number": "202220000001.6",
        "title": f"{EXAMPLE}一种风机叶片检修平台",
        "holder": "91220101MA0000007M",
        "filed_on": "2022-01-04",
        "granted_on": "2022-07-05",
        "ipc": "F03D 80/50",
        "industry": "先进装备制造",
        "inventors": "宋薇",
    },
    {
        "kind": "外观设计",
        "number": "202230000001.1",
        "title": f"{EXAMPLE}数据盘盒",
        "holder": "91220101MA0000007M",
        "filed_on": "2022-01-04",
        "granted_on": "2022-06-07",
        "ipc": "14-02",
        "industry": "电子信息",
        "inventors": "郑凯",
    },
    {
        "kind": "注册商标",
        "number": "12345678",
        "title": f"{EXAMPLE}长白岭",
        "holder": "91220101MA0000007M",
        "filed_on": "2013-04-02",
        "granted_on": "2014-09-07",
        "nice_class": "30",
        "groups": "3002; 3005",
        "goods": "茶; 糖果",
        "industry": "旅游",
    },
    {
        "kind": "软件著作权",
        "number": "2022SR0000001",
        "title": f"{EXAMPLE}景区票务管理系统 V1.0",
        "holder": "91220101MA0000007M",
        "granted_on": "2022-03-01",
        "completed_on": "2021-11-20",
        "published_on": "2021-12-01",
        "industry": "旅游",
    },
    {
        "kind": "作品著作权",
        "number": "国作登字-2022-F-00000001",
        "title": f"{EXAMPLE}雪岭十二景",
        "holder": "91220101MA0000007M",
        "granted_on": "2022-05-10",
        "completed_on": "2021-12-31",
        "work_kind": "美术作品",
        "industry": "文化",
        "inventors": "宋薇",
    },
)


def column_of(heading: str) -> Column | None:
    """The column a heading means: its key, either language or both, with or without a star, however spaced."""
    return _BY_HEADING.get(_folded(heading.replace("*", " ")))


def _folded(text: str) -> str:
    return tidy(text).casefold()


_BY_HEADING = {
    _folded(name): column
    for column in TEMPLATE_COLUMNS
    for name in (column.key, column.zh, column.en, column.heading, f"{column.en} {column.zh}")
}
