"""The six void terms of a technology contract as sentences betray them (技术合同解释 2020, art. 10), in Chinese and English.

A pattern is a hint for a person, not a judgment: it prefers to show a fair clause once too often.
"""

import re
from collections.abc import Iterator, Mapping, Sequence

_SENTENCES = re.compile(r"[。；;\n]|\.(?=\s|$)")
# A sentence that gives what the law protects is no fault: it says that something is not forbidden, or stays free.
_FAIR = re.compile(
    r"不(?:限制|禁止|妨碍|影响)|不得(?:限制|禁止|要求被许可人不)|有权(?:自由|对|就|自行|继续)|可以自(?:行|由)|均可|自由选择"
    r"|对等|互惠|合理(?:的)?(?:对价|价格|费用)|另行(?:协商|支付)|"
    r"\b(?:remain(?:s)? free|is free to|are free to|may freely|nothing in this (?:licence|agreement)|does not (?:prevent|restrict)"
    r"|shall not (?:prevent|restrict|prohibit)|without prejudice to the right|reciprocal(?:ly)?|on equal terms|for (?:a )?fair"
    r"|may also|for reasonable (?:consideration|remuneration))\b",
    re.IGNORECASE,
)
_BAN = r"(?:不得|不应|不可以?|禁止|无权|未经[^，,]{0,12}(?:同意|许可)[^，,]{0,6}不)"
_SHALL_NOT = (
    r"(?:shall|may|must|will|agrees?|undertakes?)(?: to)? ?not|\b(?:never|prohibited from|refrain from|no right to)"
)


def _any(*patterns: str) -> Sequence[re.Pattern[str]]:
    return [re.compile(pattern, re.IGNORECASE) for pattern in patterns]


PATTERNS: Mapping[str, Sequence[re.Pattern[str]]] = {
    "improvements": _any(
        r"改进.{0,40}(?:无偿|免费|单方|独占|全部|一律).{0,20}(?:归|转让|许可|提供|授予|所有)",
        r"(?:无偿|免费)[^，,]{0,20}(?:许可|转让|提供|授予).{0,20}(?:改进|后续成果)",
        rf"{_BAN}.{{0,25}}(?:研究|开发|研发|改进)",
        r"\bimprovements?\b.{0,80}\b(?:free of charge|without (?:payment|compensation|consideration)|royalty-free|belong|vest)",
        rf"(?:{_SHALL_NOT}).{{0,60}}\b(?:improve|research|develop|modify)",
    ),
    "competing": _any(
        rf"{_BAN}.{{0,12}}(?:使用|采用|取得|获得|引进|受让).{{0,20}}(?:竞争|类似|同类|替代|第三方).{{0,8}}技术",
        r"(?:只能|仅可|仅能)使用许可人.{0,10}技术",
        rf"(?:{_SHALL_NOT}).{{0,60}}\b(?:competing|similar|alternative|third[- ]party|other) (?:technolog|process|know-how)",
    ),
    "limits": _any(
        rf"{_BAN}[^，,]{{0,30}}(?:出口|外销)",
        rf"{_BAN}[^，,]{{0,20}}(?:超过|多于|高于|低于)[^，,]{{0,20}}(?:产量|数量|销量|价格|件|台|元)",
        r"(?:产量|数量|销量|品种)[^，,]{0,10}(?:不得超过|限于|以[^，,]{0,12}为限)",
        r"(?:价格|售价)[^，,]{0,20}(?:由许可人(?:决定|确定|批准)|不得低于|不得高于|须经许可人)",
        r"(?:只能|仅可|仅能|必须)[^，,]{0,12}通过许可人[^，,]{0,10}(?:渠道|销售|经销)",
        rf"(?:{_SHALL_NOT}).{{0,40}}\bexport",
        rf"(?:{_SHALL_NOT}).{{0,40}}\b(?:more|fewer|less) than\b",
        r"\b(?:resale|selling|sales) prices?\b.{0,40}\b(?:set|fixed|determined|approved) by the licensor",
        r"\bonly through (?:the )?(?:channels|distributors|dealers) (?:of|named|chosen|approved)",
    ),
    "tying": _any(
        r"(?:必须|应当|须)[^。；]{0,20}(?:一并|同时|搭配)[^。；]{0,20}(?:购买|接受|聘用|采购|取得)",
        r"以(?:购买|接受|聘用)[^，,。；]{0,30}(?:为条件|为前提)",
        r"(?:必须|应当|须)(?:聘用|雇用|接收)[^，,]{0,12}(?:许可人|指派|指定)",
        r"\b(?:shall|must) (?:also )?(?:purchase|buy|take|employ|hire|accept)\b.{0,80}\b(?:not (?:needed|required|necessary)"
        r"|whether or not|as well|together with|designated)",
        r"\bcondition(?:al|ed)?\b.{0,40}\b(?:purchas|buying|employ|hiring|accepting)",
    ),
    "sources": _any(
        r"(?:只能|仅可|仅能|必须|应当)[^，,。；]{0,12}(?:从|向)[^，,。；]{0,20}(?:购买|采购|购进|取得)[^，,。；]{0,20}"
        r"(?:原材料|零部件|设备|产品|部件|原料)?",
        rf"{_BAN}[^，,。；]{{0,12}}(?:从|向)[^，,。；]{{0,20}}(?:其他|第三)[^，,。；]{{0,12}}(?:购买|采购|购进)",
        r"(?:原材料|零部件|设备|部件|原料)[^，,。；]{0,12}(?:只能|必须|应当)由许可人",
        r"\b(?:raw materials?|parts|components|equipment)\b.{0,60}\b(?:only|exclusively|solely) from\b",
        r"\b(?:only|exclusively|solely) from\b.{0,60}\b(?:raw materials?|parts|components|equipment)\b",
        rf"(?:{_SHALL_NOT}).{{0,40}}\b(?:purchase|buy|source)\b.{{0,60}}\b(?:other|third part)",
    ),
    "no_challenge": _any(
        rf"{_BAN}.{{0,20}}(?:质疑|异议|争议|挑战|请求宣告|申请宣告|提出无效|提起无效).{{0,24}}",
        r"(?:放弃|不再).{0,16}(?:无效宣告|提出异议|有效性)",
        rf"(?:{_SHALL_NOT}).{{0,40}}\b(?:challenge|contest|dispute|oppose|question)\b.{{0,40}}\b(?:valid|patent|right|mark)",
        r"\bwaives?\b.{0,40}\b(?:invalidat|validity|challenge)",
    ),
}


def faults(text: str) -> Iterator[tuple[str, str]]:
    """Which of the six terms the sentences of `text` look like: (code, the sentence); each code once a sentence."""
    for sentence in filter(None, (part.strip() for part in _SENTENCES.split(text))):
        if _FAIR.search(sentence):
            continue
        for code, patterns in PATTERNS.items():
            if any(pattern.search(sentence) for pattern in patterns):
                yield code, sentence
