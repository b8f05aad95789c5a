"""Answers a question from the disclosed documents, offers candidates, or says honestly that nothing was found."""

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from bot.router import spoken
from bot.types import Conversation, Message, Option, Reply, Source, State
from handlers import texts
from knowledge.errors import UnknownPassage
from knowledge.gazetteer import Gazetteer
from knowledge.ports import AnswerLog, Retriever
from knowledge.regions import Standing, standing
from knowledge.topics import Topics
from knowledge.types import AnswerRecord, Band, Finding, Hit, Route, Validity
from register.particulars import without_particulars
from register.ports import Register
from register.types import NewGap

LONGEST = 600
"""Characters of a question; beyond that it is a letter, not a question."""
CANDIDATES = 3
NOTICES = MappingProxyType({Standing.ABOVE: texts.from_above, Standing.ELSEWHERE: texts.elsewhere})
"""The notice over a text that is not of the office's own place."""
PETITION = re.compile(r"举报|投诉|信访|上访|控告|检举")


@dataclass(frozen=True, slots=True)
class Answer:
    """The bot's main work. `new_id` gives each stored answer its id; `topics` routes what was not found.

    `gazetteer` knows the office's own place: texts of others are shown with a notice.
    """

    retriever: Retriever
    answers: AnswerLog
    register: Register
    office: texts.Office
    topics: Topics
    gazetteer: Gazetteer
    now: Callable[[], datetime]
    new_id: Callable[[], str]

    async def __call__(self, message: Message, _conversation: Conversation, /) -> Reply:
        """Return the quoted answer, the candidates, or the honest "not found"."""
        question = asked(message)
        if not spoken(question):
            return Reply(texts.EMPTY_QUESTION, "social_empty")
        if len(question) > LONGEST:
            return Reply(texts.TOO_LONG, "refused_long")
        finding = await self.retriever.find(question)
        if finding.band is Band.ANSWER:
            return await self._answered(message, finding, finding.hits, f"answered_{_route(finding)}")
        if finding.band is Band.CONFIRM:
            return await self._candidates(message, finding)
        return await self.not_found(message, finding)

    async def chosen(self, message: Message, question: str, key: str) -> Reply:
        """Return the answer from the candidate that the citizen chose."""
        finding = await self.retriever.find(question)
        try:
            hit = await self.retriever.open(key, question)
        except UnknownPassage:
            # the knowledge base was reloaded in between: ask it anew
            if finding.band is Band.ESCALATE:
                return await self.not_found(message, finding)
            return await self._candidates(message, finding)
        return await self._answered(message, finding, (hit,), "answered_chosen")

    async def not_found(
        self,
        message: Message,
        finding: Finding,
        *,
        status: str = "escalated_no_match",
        opening: str = texts.NOT_FOUND,
    ) -> Reply:
        """Return the honest "not found" with the ways on, and count the gap."""
        topic = self.topics.closest(finding.question)
        await self.register.note_gap(
            NewGap(
                question=finding.question,
                normalised=finding.normalised,
                asked_at=message.received_at,
                generation=finding.generation,
                topic=topic.name,
                near_misses=evidence(finding),
                department=topic.department,
            )
        )
        petition = PETITION.search(finding.question) is not None
        status = "redirected_petition" if petition else status
        answer = await self._note(message, finding, (), status, topic=topic.name)
        hotline = topic.phone or self.office.hotline
        department = topic.department if topic.name else ""
        text = texts.not_found(opening, department=department, hotline=hotline)
        if petition:
            text = texts.petition(hotline=hotline)
        conversation = Conversation(State.OFFERED, finding.question, answer=answer)
        return Reply(text, status, conversation, options=(texts.INQUIRE, texts.REQUEST))

    async def _answered(self, message: Message, finding: Finding, hits: tuple[Hit, ...], status: str) -> Reply:
        best, *others = hits
        document = best.passage.document
        footer = [_source_line(best)]
        further = list(dict.fromkeys(hit.passage.document.title for hit in others))
        if further:
            footer.append(texts.further(further))
        banner = ""
        if document.validity is not Validity.IN_FORCE:
            banner = texts.not_in_force(document.validity, await self._successor(document.successor))
        stands = standing(document, self.gazetteer)
        notice = "" if stands is Standing.OWN else NOTICES[stands](document.issuer or document.title)
        answer = await self._note(message, finding, hits, status, topic=document.topic)
        return Reply(
            "\n".join(part for part in (banner, notice, quoted(best)) if part),
            status,
            Conversation(State.ANSWERED, finding.question, answer=answer),
            footer="\n".join(footer),
            options=(texts.RESOLVED, texts.UNRESOLVED, texts.PERSON),
            sources=tuple(map(source, hits)),
        )

    async def _successor(self, wanted: str) -> str:
        document = await self.retriever.document(wanted) if wanted else None
        if document is None:
            # an id that leads nowhere says nothing to a citizen
            return wanted if "号" in wanted else ""
        return f"《{document.title}》" + (f"（{document.number}）" if document.number else "")

    async def _candidates(self, message: Message, finding: Finding) -> Reply:
        hits = finding.hits[:CANDIDATES]
        topic = hits[0].passage.document.topic if hits else ""
        answer = await self._note(message, finding, hits, "confirm_candidates", topic=topic)
        options = tuple(Option(str(place), label(hit), _first_sentence(hit.quote)) for place, hit in enumerate(hits, 1))
        return Reply(
            texts.candidates(finding.question),
            "confirm_candidates",
            Conversation(
                State.CHOOSING, finding.question, choices=tuple(hit.passage.key for hit in hits), answer=answer
            ),
            options=(*options, texts.NONE_OF_THESE),
            sources=tuple(map(source, hits)),
        )

    async def _note(self, message: Message, finding: Finding, used: tuple[Hit, ...], status: str, *, topic: str) -> str:
        answer_id = self.new_id()
        await self.answers.note(
            AnswerRecord(
                id=answer_id,
                at=self.now().isoformat(),
                channel=message.user.channel,
                question=finding.question,
                normalised=finding.normalised,
                status=status,
                route=finding.route,
                band=finding.band,
                probability=finding.probability,
                generation=finding.generation,
                used=_scores(used),
                near_misses=_scores(finding.near_misses),
                features=finding.features,
                topic=topic,
            )
        )
        return answer_id


def asked(message: Message) -> str:
    """Return a question as it may be kept."""
    return without_particulars(message.text.strip())


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


def quoted(hit: Hit) -> str:
    """Return the quote under its heading, unless the quote already starts with it."""
    path = hit.passage.heading.split(" / ")
    quote, last = _without_headings(hit.quote, path[:-1]), path[-1]
    if not last or _bare(quote).startswith(_bare(last)) or last == hit.passage.document.title:
        return quote
    return f"【{last}】{quote}"


def _without_headings(quote: str, path: Sequence[str]) -> str:
    """Return a quote without the headings above its own at its beginning: they say only where it stands."""
    headings = {_bare(heading) for heading in path}
    lines = quote.split("\n")
    while len(lines) > 1 and (not lines[0].strip() or _bare(lines[0].lstrip("# ")) in headings):
        lines.pop(0)
    return "\n".join(lines)


def _bare(text: str) -> str:
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text))


def label(hit: Hit) -> str:
    """Return the line that names a passage's document."""
    document = hit.passage.document
    details = "，".join(
        part for part in (document.issuer, document.published_on.isoformat() if document.published_on else "") if part
    )
    return f"《{document.title}》" + (f"（{details}）" if details else "")


def _first_sentence(quote: str, limit: int = 60) -> str:
    sentence = re.split(r"(?<=[。！？；\n])", quote.strip(), maxsplit=1)[0].strip()
    return sentence if len(sentence) <= limit else sentence[: limit - 1] + "…"


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
