"""The topic tree as a routing table: which department a question belongs to."""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass

from knowledge.errors import KnowledgeError


@dataclass(frozen=True, slots=True)
class Topic:
    """One subject and who answers for it. `keywords` are words of citizens' questions."""

    name: str
    department: str
    phone: str
    keywords: tuple[str, ...] = ()


NOBODY = Topic("", "", "")


@dataclass(frozen=True, slots=True)
class Topics:
    """Routes a question to the topic whose keywords it holds; to `fallback` when it holds none."""

    entries: Sequence[Topic] = ()
    fallback: Topic = NOBODY

    def closest(self, question: str) -> Topic:
        """Return the topic whose keywords cover most characters of the question; the first of equals."""
        best, most = self.fallback, 0
        for entry in self.entries:
            covered = sum(len(word) for word in entry.keywords if word in question)
            if covered > most:
                best, most = entry, covered
        return best

    @classmethod
    def parse(cls, text: str) -> "Topics":
        """Return the topics written in TOML (config/topics.toml); raise KnowledgeError naming what is wrong."""
        try:
            content = tomllib.loads(text)
            entries = tuple(
                Topic(
                    name=entry["name"],
                    department=entry["department"],
                    phone=entry.get("phone", ""),
                    keywords=tuple(entry.get("keywords", ())),
                )
                for entry in content.get("topics", ())
            )
            rest = content.get("fallback", {})
        except (tomllib.TOMLDecodeError, KeyError, TypeError, AttributeError) as error:
            raise KnowledgeError(f"主题表无法读取：{error}") from error
        return cls(entries, Topic("", rest.get("department", ""), rest.get("phone", "")))
