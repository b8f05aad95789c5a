"""Markdown files with or without front matter."""

import re
from collections.abc import Mapping

import yaml

from knowledge.errors import UnreadableDocument
from knowledge.readers.plain import decode
from knowledge.readers.reading import Article
from knowledge.records import by_field

_FRONT_MATTER = re.compile(r"\s*---[ \t]*\n(?:(.*?)\n)?(?:---|\.\.\.)[ \t]*(?:\n|$)", re.DOTALL)
_LONGEST_FRONT_MATTER = 10_000
_OPEN_FRONT_MATTER = re.compile(r"\s*---[ \t]*\n[^\n:]{1,20}:")


def read(data: bytes) -> Article:
    """Return the article of a file; raise UnreadableDocument for front matter that cannot be used."""
    front, body = _front_matter(decode(data))
    stated, unused = by_field(front)
    return Article(body, stated=stated, unused=unused)


def _front_matter(text: str) -> tuple[Mapping[str, object], str]:
    found = _FRONT_MATTER.match(text)
    if found is None or len(found[1] or "") > _LONGEST_FRONT_MATTER:
        if _OPEN_FRONT_MATTER.match(text):
            raise UnreadableDocument("文件开头的说明没有以“---”结束或者过长")
        return {}, text
    try:
        # every value is taken as written: no 007 read as 7, no 否 as false
        values = yaml.load(found[1] or "", Loader=yaml.BaseLoader)  # noqa: S506  makes nothing but text, lists, maps
    except (yaml.YAMLError, RecursionError) as error:
        raise UnreadableDocument("文件开头的说明写法有误，应当每行一项“名称: 值”") from error
    if not isinstance(values, dict | None):
        raise UnreadableDocument("文件开头的说明写法有误，应当每行一项“名称: 值”")
    return values or {}, text[found.end() :]
