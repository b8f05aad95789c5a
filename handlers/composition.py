"""What is said to a question, composed once for everybody who asks it of one generation."""

import re
from dataclasses import dataclass
from types import MappingProxyType

from bot.types import Conversation, Option, Reply, Source, State
from handlers import texts
from handlers.quotation import first_sentence, quoted
from knowledge.gazetteer import Gazetteer
from knowledge.ports import Retriever
from knowledge.regions import Standing, standing
from knowledge.topics import Topics
from knowledge.types import Band, Finding, Hit, Route, Validity

CANDIDATES = 3
NOTICES = MappingProxyType({Standing.ABOVE: texts.from_above, Standing.ELSEWHERE: texts.elsewhere})
"""The notice over a text that is not of the office's own place."""
PETITION = re.compile(r"举报|投诉|信访|上访|控告|检举")
REMEMBERED = 2048
"""Compositions that are kept, as many as the library keeps findings."""

Scores = tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True)
class Composition:
    """The reply to a finding but for what belongs to one citizen: its conversation names no stored answer yet.

    `used` and `near_misses` are passage keys with scores, `topic` is that of the stored answer. `gap` is the evidence
    of a search that found nothing, None where something was found, and `department` the one that a gap belongs to.
    """

    finding: Finding
    reply: Reply
    used: Scores
    near_misses: Scores
    topic: str
    gap: str | None = None
    department: str = ""


class Composer:
    """Composes replies in an office's words; `topics` route what was not found.

    `gazetteer` knows the office's own place: texts of others are shown with a notice. The last `room` are kept.
    """

    def __init__(
        self,
        *,
        retriever: Retriever,
        office: texts.Office,
        topics: Topics,
        gazetteer: Gazetteer,
        room: int = REMEMBERED,
    ) -> None:
        self._retriever = retriever
        self._office = office
        self._topics = topics
        self._gazetteer = gazetteer
        self._room = room
        self._kept: dict[str, Composition] = {}
        self._generation = ""

    async def composed(self, finding: Finding) -> Composition:
        """Return the answer, the candidates or the honest "not found": the same again for the same finding.

        The library finds anew whenever what it answers from has changed.
        """
        kept = self._kept.get(finding.question)
        if kept is not None and kept.finding is finding:
            return kept
        composition = await self._composed(finding)
        self._keep(composition)
        return composition

    async def answered(self, finding: Finding, hits: tuple[Hit, ...], status: str) -> Composition:
        """Return the quote of the first hit with its source, and the other documents by name."""
        best, *others = hits
        document = best.passage.document
        footer = [_source_line(best)]
        further = list(dict.fromkeys(hit.passage.document.title for hit in others))
        if further:
            footer.append(texts.further(further))
        banner = ""
        if document.validity is not Validity.IN_FORCE:
            banner = texts.not_in_force(document.validity, await self._successor(document.successor))
        stands = standing(document, self._gazetteer)
        notice = "" if stands is Standing.OWN else NOTICES[stands](document.issuer or document.title)
        reply = Reply(
            "\n".join(part for part in (banner, notice, quoted(best)) if part),
            status,
            Conversation(State.ANSWERED, finding.question),
            footer="\n".join(footer),
            options=(texts.RESOLVED, texts.UNRESOLVED, texts.PERSON),
            sources=tuple(map(source, hits)),
        )
        return Composition(finding, reply, _scores(hits), _scores(finding.near_misses), document.topic)

    def candidates(self, finding: Finding) -> Composition:
        """Return the best hits as numbered candidates."""
        hits = finding.hits[:CANDIDATES]
        topic = hits[0].passage.document.topic if hits else ""
        options = tuple(Option(str(place), label(hit), first_sentence(hit.quote)) for place, hit in enumerate(hits, 1))
        reply = Reply(
            texts.candidates(finding.question),
            "confirm_candidates",
            Conversation(State.CHOOSING, finding.question, choices=tuple(hit.passage.key for hit in hits)),
            options=(*options, texts.NONE_OF_THESE),
            sources=tuple(map(source, hits)),
        )
        return Composition(finding, reply, _scores(hits), _scores(finding.near_misses), topic)

    def not_found(
        self, finding: Finding, *, status: str = "escalated_no_match", opening: str = texts.NOT_FOUND
    ) -> Composition:
        """Return the honest "not found" with the ways on."""
        topic = self._topics.closest(finding.question)
        hotline = topic.phone or self._office.hotline
        text = texts.not_found(opening, department=topic.department if topic.name else "", hotline=hotline)
        if PETITION.search(finding.question):
            status, text = "redirected_petition", texts.petition(hotline=hotline)
        conversation = Conversation(State.OFFERED, finding.question)
        reply = Reply(text, status, conversation, options=(texts.INQUIRE, texts.REQUEST))
        near = _scores(finding.near_misses)
        return Composition(finding, reply, (), near, topic.name, gap=evidence(finding), department=topic.department)

    async def _composed(self, finding: Finding) -> Composition:
        if finding.band is Band.ANSWER:
            return await self.answered(finding, finding.hits, f"answered_{_route(finding)}")
        return self.candidates(finding) if finding.band is Band.CONFIRM else self.not_found(finding)

    def _keep(self, composition: Composition) -> None:
        if composition.finding.generation != self._generation:
            # nobody finds these any more
            self._kept.clear()
            self._generation = composition.finding.generation
        self._kept[composition.finding.question] = composition
        if len(self._kept) > self._room:
            del self._kept[next(iter(self._kept))]

    async def _successor(self, wanted: str) -> str:
        document = await self._retriever.document(wanted) if wanted else None
        if document is None:
            # an id that leads nowhere says nothing to a citizen
            return wanted if "号" in wanted else ""
        return f"《{document.title}》" + (f"（{document.number}）" if document.number else "")


def source(hit: Hit) -> Source:
    """Return a hit as the source a reply names."""
    document = hit.passage.document
    return Source(
        document=document.id,
        title=document.title,
        number=document.number,
        issuer=document.issuer,
        published_on=document.published_on,
        status=document.validity,
        url=document.url,
        heading=hit.passage.heading,
        quote=hit.quote,
        score=round(hit.score, 4),
    )


def evidence(finding: Finding) -> str:
    """Return the bot's own search as the first 检索记录: one line per near miss."""
    hits = finding.hits + finding.near_misses
    return "\n".join(f"{label(hit)} {hit.passage.heading} 得分 {hit.score:.2f}".strip() for hit in hits[:5])


def _route(finding: Finding) -> str:
    return "faq" if finding.route is Route.ANSWERED else finding.route


def _scores(hits: tuple[Hit, ...]) -> tuple[tuple[str, float], ...]:
    return tuple((hit.passage.key, round(hit.score, 4)) for hit in hits)


def label(hit: Hit) -> str:
    """Return the line that names a passage's document."""
    document = hit.passage.document
    details = "，".join(
        part for part in (document.issuer, document.published_on.isoformat() if document.published_on else "") if part
    )
    return f"《{document.title}》" + (f"（{details}）" if details else "")


def _source_line(hit: Hit) -> str:
    document = hit.passage.document
    return texts.source_line(
        title=document.title,
        number=document.number,
        issuer=document.issuer,
        published_on=document.published_on,
        validity=document.validity,
        url=document.url,
    )
