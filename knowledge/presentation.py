"""A finding in words: for the terminal, as JSON, and for the search record of a request."""

from typing import Any

from knowledge.types import CURRENT, Band, Document, Finding, Hit, Route

_NEAREST = 3
_STATUS = {Route.SEARCH: "answered_search", Route.EXACT: "answered_exact", Route.ANSWERED: "answered_faq"}


def status(finding: Finding) -> str:
    """Return the two-level status word of a finding."""
    if finding.band is Band.ESCALATE:
        return "escalated_no_match"
    return "confirm_candidates" if finding.band is Band.CONFIRM else _STATUS[finding.route]


def finding_json(finding: Finding) -> dict[str, Any]:
    """Return the object that `ask --json` prints."""
    return {
        "status": status(finding),
        "band": finding.band.value,
        "route": finding.route.value,
        "probability": round(finding.probability, 4),
        "text": finding_text(finding),
        "sources": [_source(hit) for hit in finding.hits],
        "near_misses": [_source(hit) for hit in finding.near_misses],
        "generation": finding.generation,
    }


def finding_text(finding: Finding) -> str:
    """Return what a person reads on the terminal; what is not in force is never shown without saying so."""
    if not finding.generation:
        return "知识库还是空的，请先导入文件。"
    if finding.band is Band.ESCALATE:
        return "没有找到能回答这个问题的公开文件。"
    if finding.band is Band.CONFIRM:
        lines = [f"{number}. {_title(hit)}" for number, hit in enumerate(finding.hits, 1)]
        return "\n".join(["您要找的是不是：", *lines])
    first = finding.hits[0]
    source = f"——{_title(first)} {first.passage.heading}".rstrip()
    lines = [*_warning(first.passage.document), f"{first.quote}\n", source, first.passage.document.url]
    return "\n".join(filter(None, lines))


def searched(finding: Finding) -> str:
    """Return what the knowledge base held, as an entry of a request's search record (检索记录)."""
    if finding.hits:
        return "；".join(_title(hit) for hit in finding.hits)
    nearest = "；".join(_title(hit) for hit in finding.near_misses[:_NEAREST])
    return f"没有找到，最接近的是{nearest}" if nearest else "没有找到"


def _warning(document: Document) -> list[str]:
    if document.validity in CURRENT:
        return []
    successor = f"现行文件：{document.successor}" if document.successor else ""
    return [f"【注意】该文件{document.validity.value}，不作为现行依据。{successor}\n"]


def _title(hit: Hit) -> str:
    document = hit.passage.document
    day = document.published_on.isoformat() if document.published_on else ""
    details = "，".join(filter(None, (document.number, document.issuer, day, document.validity.value)))
    return f"《{document.title}》（{details}）"


def _source(hit: Hit) -> dict[str, Any]:
    document = hit.passage.document
    return {
        "document": document.id,
        "title": document.title,
        "number": document.number,
        "issuer": document.issuer,
        "published_on": document.published_on.isoformat() if document.published_on else None,
        "status": document.validity.value,
        "url": document.url,
        "heading": hit.passage.heading,
        "quote": hit.quote,
        "score": round(hit.score, 4),
    }
