"""The market's lists of kinds, industries and classes, as keys; their words for readers belong to the pages."""

RIGHT_KINDS = ("patent", "trademark", "copyright", "ic_layout", "plant_variety")

# 专利法 2.
PATENT_TYPES = {"invention": "发明专利", "utility": "实用新型", "design": "外观设计"}

# The ten strategic industries of 吉政办发〔2012〕43号, section 二(一), in its order and with its names.
INDUSTRIES = {
    "biomedicine": "生物医药",
    "biochemicals": "生物化工",
    "electronics": "电子信息",
    "materials": "新材料",
    "energy": "新能源",
    "vehicles": "新能源汽车",
    "equipment": "先进装备制造",
    "environment": "节能环保",
    "culture": "文化",
    "tourism": "旅游",
}

# Kinds of works, by 著作权法 3; what has no kind of its own here (oral works, drama, dance, models) is "other".
WORK_KINDS = {
    "software": "计算机软件",
    "literary": "文字作品",
    "musical": "音乐作品",
    "artistic": "美术作品",
    "photographic": "摄影作品",
    "audiovisual": "视听作品",
    "graphic": "图形作品",
    "other": "其他作品",
}

# What the application form asks a layout design to be.
CIRCUIT_FUNCTIONS = {
    "logic": "逻辑电路",
    "memory": "存储器电路",
    "micro": "微型计算机电路",
    "linear": "线性电路",
    "other": "其他电路",
}

# The two terms of a plant variety.
GROWTHS = {"woody": "木本、藤本植物", "other": "其他植物"}

# Economic rights that may be licensed or assigned, by their item in 著作权法 10(1); items 1 to 4 are moral and stay.
ECONOMIC_RIGHTS = {
    "reproduction": 5,
    "distribution": 6,
    "rental": 7,
    "exhibition": 8,
    "performance": 9,
    "projection": 10,
    "broadcasting": 11,
    "network_communication": 12,
    "filming": 13,
    "adaptation": 14,
    "translation": 15,
    "compilation": 16,
    "other": 17,
}

# Which industry a symbol suggests: the longest beginning that fits decides. Ours, for a first guess a person confirms.
_INDUSTRY_BY_SYMBOL = {
    "biomedicine": "A61 G16H C12Q G01N 33/5 G01N 33/6",
    "biochemicals": "C07H C07K C12 C13 C11 C05 A01N A01P",
    "electronics": "G06 G11 G08 G16 H01L H01S H03 H04 H05B 33 H05K H10 G01S G09G G02",
    "materials": "C01 C03 C04 C07 C08 C09 C21 C22 C23 C25 C30 B22 B29 B32 B33 B82 D01 D02 D03 D04 D06 H01B H01F",
    "energy": "F03 F24S F24T F24V F23B H01M H02S H02J G21 C10L Y02E",
    "vehicles": "B60L B60K 1 B60K 6 B60W 10 B60W 20 B60S 5/06 H01M 10/613 H01M 10/625 Y02T 10 Y02T 90",
    "equipment": "B02 B03 B04 B05 B06 B07 B08 B21 B23 B24 B25 B26 B27 B28 B30 B60 B61 B62 B63 B64 B65 B66 B67"
    " B81 E21 F01 F02 F04 F15 F16 F17 F22 F25 F41 F42 G01 G04 G05 G07 G12 H01 H02 H05 A01B A01C A01D A01F D05 D21",
    "environment": "A62 B01 B09 C02 C10 E03 F23 F24 F26 F27 F28 Y02A Y02B Y02C Y02P Y02W Y02 E04B 1/74",
    "culture": "A63 B41 B42 B43 B44 G03 G09 G10 G10H H04N 21",
    "tourism": "A45 A47G A63G B60P 3/3 E04H 1 E04H 3 E04H 15 G06Q 50/12 G06Q 50/14",
}


def _by_beginning() -> dict[str, str]:
    table = {}
    for industry, symbols in _INDUSTRY_BY_SYMBOL.items():
        for part in _joined(symbols.split()):
            table[part] = industry
    return table


def _joined(parts: list[str]) -> list[str]:
    """Put a group ("50/14") back behind the subclass before it ("G06Q")."""
    joined: list[str] = []
    for part in parts:
        if part[0].isdigit():
            joined[-1] += f" {part}" if "/" in part else f" {part}/"
        else:
            joined.append(part)
    return joined


_BEGINNINGS = _by_beginning()


def suggest_industry(symbol: str) -> str | None:
    """The industry a checked IPC or CPC symbol ("H01M 10/0525") points to, or None where no guess is fair."""
    fitting = [beginning for beginning in _BEGINNINGS if symbol.startswith(beginning)]
    return _BEGINNINGS[max(fitting, key=len)] if fitting else None
