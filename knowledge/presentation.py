"""A finding for the terminal: as JSON and as text."""

from typing import Any

from knowledge.types import Band, Finding, Hit, Route

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
    """Return what a person reads on the terminal."""
    if finding.band is Band.ESCALATE:
        return "没有找到能回答这个问题的公开文件。"
    if finding.band is Band.CONFIRM:
        lines = [f"{number}. {_title(hit)}" for number, hit in enumerate(finding.hits, 1)]
        return "\n".join(["您要找的是不是：", *lines])
    first = finding.hits[0]
    return f"{first.quote}\n\n——{_title(first)} {first.passage.heading}".rstrip()


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
