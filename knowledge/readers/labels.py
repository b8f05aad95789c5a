"""What a page says of its document in labelled values: 发文字号：…, 发布日期：…."""

import re
from collections.abc import Iterable, Mapping

from knowledge.dates import read_date
from knowledge.numbers import number_key
from knowledge.records import VALIDITIES
from knowledge.title import ORGAN
from knowledge.types import Disclosure, Validity

_LONGEST = 400
"""Characters of a line in which labels are looked for."""
_LABELS: Mapping[str, tuple[str, ...]] = {
    "number": ("发文字号", "发文号", "文件编号", "文号"),
    "issuer": ("发文机关", "发布机关", "发布机构", "制发机关", "制定机关", "发文单位", "制发单位", "发文机构"),
    "published_on": ("发布日期", "发布时间", "公布日期", "公开日期", "发文日期", "印发日期", "成文日期", "生成日期"),
    "effective_on": ("实施日期", "施行日期", "生效日期", "执行日期"),
    "expires_on": ("失效日期", "废止日期", "有效期至"),
    "validity": ("文件状态", "效力状态", "有效性", "时效性", "时效状态"),
    "disclosure": ("公开属性", "公开方式", "公开类别", "公开形式"),
    "title": ("文件名称", "信息名称", "标题", "名称"),
}
_DISCLOSURES = {**{member.value: member.value for member in Disclosure}, "不公开": Disclosure.WITHHELD.value}
_NAMES = {label: name for name, labels in _LABELS.items() for label in labels}
_ANY = re.compile(
    r"(?<![\u4e00-\u9fff])("
    + "|".join(r"\s*".join(label) for label in sorted(_NAMES, key=len, reverse=True))
    + r")\s*[:：]\s*(.*?)(?=\s+[\u4e00-\u9fff](?:\s*[\u4e00-\u9fff]){1,7}\s*[:：]|$)"
)
_BOX = re.compile(r"\s*(?:索\s*引\s*号|主\s*题\s*分\s*类|信\s*息\s*分\s*类|发\s*文\s*字\s*号|标\s+题)\s*[:：]")
_SPACE = re.compile(r"\s+")
_ORGAN = re.compile(ORGAN)
_SEPARATOR = re.compile(r"[,，;；、\s]+")
_SITE = re.compile(r"^(?:本网|本站)\s*|(?:官网|网站|门户网站|官方网站)$|[（(][^（）()]*[）)]")


def read_labels(lines: Iterable[str]) -> dict[str, str]:
    """Return the usable values found, by the name of Document's field, the first label of `_LABELS` going first.

    A value stands behind its label, or on the line after a line that ends with it.
    """
    found: dict[str, tuple[int, str]] = {}
    waiting = ""
    for line in lines:
        if len(line) > _LONGEST:
            waiting = ""
            continue
        matches = _ANY.findall(f"{waiting}{line}")
        waiting = f"{matches[-1][0]}：" if matches and not matches[-1][1] else ""
        for label, value in matches:
            _keep(found, _SPACE.sub("", label), value.strip(" |\u3000"))
    return {name: value for name, (_, value) in found.items()}


def is_box(line: str) -> bool:
    """Tell whether a line belongs to the box of data that government sites print beside a document."""
    return bool(_BOX.match(line)) or (len(line) <= _LONGEST and len(_ANY.findall(line)) > 1)


def issuer_of(written: str) -> str:
    """Return the organs named, joined with "、", or "" for what names none (本网)."""
    parts = _SEPARATOR.split(_SITE.sub("", " ".join(written.split())))
    return "、".join(part for part in parts if _ORGAN.fullmatch(part))


def _keep(found: dict[str, tuple[int, str]], label: str, value: str) -> None:
    name = _NAMES[label]
    rank = _LABELS[name].index(label)
    usable = _usable(name, value)
    if usable and rank < found.get(name, (len(_NAMES), ""))[0]:
        found[name] = (rank, usable)


def _usable(name: str, value: str) -> str:
    if name == "number":
        return _SPACE.sub("", value) if number_key(value) else ""
    if name == "issuer":
        return issuer_of(value)
    if name == "validity":
        return value if value in VALIDITIES or value in {*Validity} else ""
    if name == "title":
        return value
    if name == "disclosure":
        return _DISCLOSURES.get(value.rstrip("。；; "), "")
    day = read_date(value)
    return day.isoformat() if day else ""
