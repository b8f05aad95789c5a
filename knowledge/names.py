"""What documents are called: their ids, numbers (文号) and titles, and the questions they answer, looked up exactly."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Self

import numpy as np
import numpy.typing as npt

from knowledge.kernels import Keys, Rows, token_keys
from knowledge.numbers import find_numbers, own_number, without_numbers
from knowledge.types import Document, Kind

_NOT_NAME = re.compile(r"[^0-9a-z\u3400-\u9fff]+")
_QUOTED = re.compile(r"《(.{2,100}?)》(?!》)")
_EDITION = re.compile(r"\((?:试行|暂行|[^()]{0,8}(?:修订|修正|版))\)$")
_AROUND = re.compile(
    r"^(?:请问|你好|您好|我想|想|帮我|请)?(?:看看?|查询?|找|问)?(?:一下)?|(?:的?(?:内容|全文|原文|文件|规定))?(?:是什么|有吗|在哪里?看|怎么说)?$"
)


def title_key(normalised: str) -> str:
    """Return a normalised title without marks and blanks, as titles are compared."""
    return _NOT_NAME.sub("", normalised)


def question_name(normalised: str) -> str:
    """Return the name of a question, as it is looked up."""
    return f"asked:{title_key(normalised)}"


def document_names(document: Document, normalise: Callable[[str], str]) -> tuple[str, ...]:
    """Return every name of a document, each with its kind in front; a title also without 中华人民共和国 and (试行)."""
    names = [f"id:{document.id}"]
    title = normalise(document.title)
    keys = filter(None, dict.fromkeys(map(title_key, (title, _short(title)))))
    names += [question_name(key) if document.kind is Kind.QA else f"title:{key}" for key in keys]
    number = own_number(normalise(document.number))
    if number:
        names += [f"number:{key}" for key in (number.key, *number.short_keys())]
    if document.interprets:
        policy = own_number(normalise(document.interprets))
        names.append(f"interprets:{policy.key if policy else document.interprets}")
    return tuple(names)


def _short(title: str) -> str:
    return _EDITION.sub("", title).removeprefix("中华人民共和国") or title


class Names:
    """All names of a generation's documents; a name may belong to several."""

    def __init__(self, keys: Keys, rows: npt.NDArray[np.int64]) -> None:
        self._keys = keys
        self._rows = rows

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Return the names saved in a generation's folder."""
        return cls(
            np.load(folder / "names.npy", mmap_mode="r").view(np.ndarray),
            np.load(folder / "named.npy", mmap_mode="r").view(np.ndarray),
        )

    @staticmethod
    def write(folder: Path, names: Keys, starts: Rows, questions: Iterable[tuple[str, int]]) -> None:
        """Save the names of the documents, those of document i from starts[i] on.

        With them go the questions that the documents in these rows answer.
        """
        asked = list(questions)
        keys = np.concatenate([names, token_keys([question_name(question) for question, _ in asked])])
        rows = np.repeat(np.arange(len(starts) - 1), np.diff(starts))
        rows = np.concatenate([rows, np.array([row for _, row in asked], np.int64)])
        # the names of one document stand together, as documents are looked up in their order
        order = np.lexsort((rows, keys))
        np.save(folder / "names.npy", keys[order])
        np.save(folder / "named.npy", rows[order].astype(np.int64))

    def without(self, rows: Iterable[int]) -> Self:
        """Return the names of the other documents only."""
        kept = ~np.isin(self._rows, list(rows))
        return type(self)(self._keys[kept], self._rows[kept])

    def ids(self, document_id: str) -> tuple[int, ...]:
        """Return the row of the document with this id, or nothing."""
        return self._find(f"id:{document_id}")

    def asked(self, normalised: str) -> tuple[int, ...]:
        """Return the documents known to answer exactly this question."""
        return self._find(question_name(normalised))

    def beside_policy(self, document: Document, normalise: Callable[[str], str]) -> tuple[int, ...]:
        """Return the interpretations of a policy, or the policy that an interpretation belongs to."""
        if document.interprets:
            return self.ids(document.interprets) or self.numbered(normalise(document.interprets))
        number = own_number(normalise(document.number))
        keys = (document.id, number.key) if number else (document.id,)
        return tuple(dict.fromkeys(row for key in keys for row in self._find(f"interprets:{key}")))

    def numbered(self, normalised: str) -> tuple[int, ...]:
        """Return the documents whose numbers a text mentions; 第59号令 alone only when it names no other."""
        numbers = find_numbers(normalised)
        rows: dict[int, None] = {}
        for number in [number for number in numbers if number.agency] or numbers:
            possible = map(self._find, (f"number:{key}" for key in (*number.keys(),)))
            found = next(filter(None, possible), ())
            rows.update(dict.fromkeys(found))
        return tuple(rows)

    def titled(self, normalised: str) -> tuple[int, ...]:
        """Return the documents whose title a text is, or has between 《》."""
        titles = (normalised, _AROUND.sub("", normalised), *_QUOTED.findall(normalised))
        keys = dict.fromkeys(filter(None, map(title_key, titles)))
        return next(filter(None, map(self._find, (f"title:{key}" for key in keys))), ())

    @staticmethod
    def beside(normalised: str, title: str) -> str:
        """Return what a question says beside numbers and a document's normalised title; "" where that is nothing."""
        rest = _QUOTED.sub(" ", without_numbers(normalised)).replace(title, " ").replace(_short(title), " ")
        rest = _AROUND.sub("", rest.strip())
        return rest if len(title_key(rest)) > 1 else ""

    def _find(self, name: str) -> tuple[int, ...]:
        key = token_keys([name])[0]
        # faster than numpy's search, which converts one number at a time
        first = bisect_left(self._keys, key)
        last = bisect_right(self._keys, key, first) if first < len(self._keys) and self._keys[first] == key else first
        return tuple(map(int, self._rows[first:last]))
