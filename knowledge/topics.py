"""The topic tree as a routing table: which department a question belongs to."""

import tomllib
from collections.abc import Mapping, Sequence
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

    @property
    def departments(self) -> tuple[str, ...]:
        """The departments that answer for a topic, each once, the one that answers for all else last."""
        named = (*(entry.department for entry in self.entries), self.fallback.department)
        return tuple(dict.fromkeys(each for each in named if each))

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
            entries = tuple(_topic(entry, name=entry["name"]) for entry in content.get("topics", ()))
            fallback = _topic(content.get("fallback", {}), name="")
        except (tomllib.TOMLDecodeError, KeyError, TypeError, AttributeError) as error:
            raise KnowledgeError(f"主题表无法读取：{error}") from error
        return cls(entries, fallback)


def _topic(entry: Mapping[str, object], *, name: object) -> Topic:
    department = entry["department"] if name else entry.get("department", "")
    phone, keywords = entry.get("phone", ""), entry.get("keywords", [])
    if not isinstance(keywords, list) or not all(isinstance(word, str) and word for word in keywords):
        raise TypeError(f"“{name}”的 keywords 应为一组词")
    if not isinstance(name, str) or not isinstance(department, str) or not isinstance(phone, str):
        raise TypeError(f"“{name}”的 name、department 和 phone 应为文字")
    return Topic(name, department, phone, tuple(keywords))
