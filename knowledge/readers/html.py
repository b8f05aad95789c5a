"""Web pages: the main text of a government site's page without what surrounds it."""

import re
from collections.abc import Iterator, Mapping, Sequence

from lxml import etree

from knowledge.dates import read_date
from knowledge.errors import UnreadableDocument
from knowledge.normalisation import clean
from knowledge.readers.flow import Flow, squeezed
from knowledge.readers.labels import issuer_of, read_labels
from knowledge.readers.plain import encoding_of
from knowledge.readers.reading import Article

_CHARSET = re.compile(rb"charset\s*=\s*[\"']?\s*([A-Za-z0-9_\-]{2,20})", re.IGNORECASE)
_CHINESE = {"gb2312": "gb18030", "gbk": "gb18030", "gb18030": "gb18030", "big5": "big5"}
_LONGEST_TITLE = 300
_LONGEST_DROPPED = 300
_HEAD = 12
"""Lines of the main text that may still be the page's data about it."""
_NEVER = ("script", "style", "noscript", "template", "nav", "form", "button", "select", "iframe", "object", "svg")
_AROUND = re.compile(
    r"(?:^|[\s_\-])(?:nav\w*|menu|footer?|foot\w*|header|hd|top\w*|sidebar|side|crumbs?|breadcrumb|curb|position|location|share\w*|"
    r"bshare\w*|fx|ewm|erweima|qrcode|print\w*|search\w*|copyright|related|recommend|toolbar|tools?|fontsize|pagination|"
    r"friend\w*|links?|banner|login|float\w*|weixin|weibo|llcs|dy|gb)(?=$|[\s_\-])",
    re.IGNORECASE,
)
_HIDDEN = re.compile(r"display\s*:\s*none", re.IGNORECASE)
_SENTENCE = re.compile(r"[。；;！？：:，,、]")
_FILE = re.compile(r"\.(?:docx?|pdf|xlsx?|wps|et|ofd|zip|rar|pptx?)(?:$|[?#])", re.IGNORECASE)
_SITE_NAME = re.compile(r"(?:\s*[-_|—–]+\s*)[^-_|—–]{2,40}(?:网站?|平台|门户|政府|局|委|厅)\s*$")
_REPOSTED = re.compile(r"^[（(【\[]\s*(?:转载|转发|转)\s*[）)】\]]\s*")
_PARTS = frozenset({"p", "table", "tbody", "ul", "ol", "span"})
_MOST = 0.6
"""Share of the weight of an element that one child must hold to be looked into instead."""
_LINK_WEIGHT = 0.1
_HIDDEN_MOST = 0.6
_AROUND_MOST = 0.3
"""Share of a page's text above which an element is no surrounding, whatever it is called."""


def read(data: bytes) -> Article:
    """Return the article of a page; raise UnreadableDocument for a page without text."""
    root = _tree(data)
    meta = _meta(root)
    title = _title(root, meta)
    for element in list(root.iter(*_NEVER)):
        _drop(element)
    page = Flow.of(root)
    _drop_surroundings(root)
    main = _main(root)
    lines = Flow.of(main)
    text = "\n".join([*lines, *_attachments(root, main)]).strip()
    if not text:
        raise UnreadableDocument("网页里没有文字，可能要登录或由脚本显示；请打开网页后另存为文字或 .docx")
    shown: dict[str, object] = {"published_on": _day(meta.get("pubdate", "")), **read_labels(_around(page, lines))}
    shown.pop("title", None)
    kept = {*lines}
    dropped = "\n".join(line for line in dict.fromkeys(page) if line not in kept and len(line) <= _LONGEST_DROPPED)
    return Article(text, title, shown=shown, supposed={"issuer": _source(meta)}, remark=_remark(main), dropped=dropped)


def _remark(main: etree._Element) -> str:
    words = len("".join("".join(main.itertext()).split()))
    linked = sum(len("".join("".join(link.itertext()).split())) for link in main.iter("a"))
    return "这一页几乎只有链接，像是目录，请确认要不要导入" if linked > words * _MOST else ""


def _around(page: Sequence[str], main: Sequence[str]) -> list[str]:
    """Return the lines of a page around its main text, and the first of that."""
    inner = {*main[_HEAD:]}
    return [line for line in page if line not in inner]


def text_of(data: bytes) -> str:
    """Return a page's source decoded by its own declaration, else by its bytes."""
    declared = _CHARSET.search(data[:4096])
    encoding = encoding_of(data)
    if declared and encoding != "utf-16":
        name = declared[1].decode("ascii").lower()
        encoding = _CHINESE.get(name, encoding)
    return clean(data.decode(encoding, "replace"))


def _tree(data: bytes) -> etree._Element:
    # a depth and size that no real page has are cut by libxml2 itself
    parser = etree.HTMLParser(encoding="utf-8", no_network=True, remove_comments=True, remove_pis=True)
    try:
        root = etree.fromstring(text_of(data).encode(), parser)
    except etree.XMLSyntaxError as error:
        raise UnreadableDocument("网页内容无法识别，请另存为文字或 .docx") from error
    if root is None:
        raise UnreadableDocument("网页里没有文字，请另存为文字或 .docx")
    return root


def _meta(root: etree._Element) -> Mapping[str, str]:
    """Return what the page says of itself under the names of the national standard for government sites."""
    found: dict[str, str] = {}
    for element in root.iter("meta"):
        name, content = (element.get("name") or "").strip().lower(), squeezed(element.get("content") or "")
        if name and content:
            found.setdefault(name, content)
    return found


def _title(root: etree._Element, meta: Mapping[str, str]) -> str:
    """Return the title by the standard's ArticleTitle, else the page's title without the name of the site."""
    written = meta.get("articletitle", "")
    if not written:
        written = (
            squeezed("".join(next(root.iter("title"), root).itertext())) if root.find(".//title") is not None else ""
        )
        written = _SITE_NAME.sub("", written)
    return _REPOSTED.sub("", written)[:_LONGEST_TITLE]


def _source(meta: Mapping[str, str]) -> str:
    """Return the organ a page names as its source, else the one whose site it is."""
    return issuer_of(meta.get("contentsource", "")) or issuer_of(meta.get("sitename", ""))


def _day(written: str) -> str:
    day = read_date(written)
    return day.isoformat() if day else ""


def _drop(element: etree._Element) -> None:
    """Take an element out, leaving the text that follows it."""
    parent = element.getparent()
    if parent is None:
        return
    before = element.getprevious()
    if element.tail and before is not None:
        before.tail = (before.tail or "") + element.tail
    elif element.tail:
        parent.text = (parent.text or "") + element.tail
    parent.remove(element)


def _drop_surroundings(root: etree._Element) -> None:
    weights = _weights(root)
    for element in list(root.iter("div", "ul", "ol", "section", "aside", "header", "footer", "p", "span", "dl", "td")):
        # what is hidden may be the article itself, shown by a script
        most = _HIDDEN_MOST if _HIDDEN.search(element.get("style") or "") else _AROUND_MOST
        if _is_surrounding(element) and weights[element] <= weights[root] * most:
            _drop(element)


def _is_surrounding(element: etree._Element) -> bool:
    named = f"{element.get('class') or ''} {element.get('id') or ''}"
    return (
        element.tag in {"aside", "header", "footer"}
        or bool(_AROUND.search(named))
        or bool(_HIDDEN.search(element.get("style") or ""))
    )


def _main(root: etree._Element) -> etree._Element:
    """Return the smallest element that holds most of the page's running text."""
    weights = _weights(root)
    body = root.find(".//body")
    here = root if body is None else body
    while True:
        child = max((child for child in here if child in weights), key=weights.__getitem__, default=None)
        if child is None or child.tag in _PARTS or weights[child] < _MOST * weights[here]:
            return here
        here = child


def _weights(root: etree._Element) -> dict[etree._Element, float]:
    """Return how much running text each element holds: characters, those of links counting little."""
    weights: dict[etree._Element, float] = {}
    for _, element in etree.iterwalk(root, events=("end",)):
        inner = _worth(element.text) + sum(weights.get(child, 0.0) + _worth(child.tail) for child in element)
        weights[element] = inner * (_LINK_WEIGHT if element.tag == "a" else 1)
    return weights


def _worth(text: str | None) -> float:
    if not text:
        return 0
    return len(text.strip()) * (2 if _SENTENCE.search(text) else 1)


def _attachments(root: etree._Element, main: etree._Element) -> Iterator[str]:
    """Yield a line for the name of each attached file that the text itself does not show."""
    shown = "".join(main.itertext())
    seen: set[str] = set()
    for link in root.iter("a"):
        name = squeezed("".join(link.itertext()))
        if _FILE.search(link.get("href") or "") and len(name) > 2 and name not in shown and name not in seen:  # noqa: PLR2004
            seen.add(name)
            yield name if name.startswith("附件") else f"附件：{name}"
