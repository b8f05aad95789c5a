"""The words of the letters, as the office edits them in TOML (config/letters)."""

import hashlib
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from jinja2 import StrictUndefined, Template, TemplateError, Undefined, UndefinedError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from register.errors import UnreadableWording
from register.facts import NAMES, Fact
from register.letters.kinds import KINDS, Addressee, Kind
from register.outcomes import RULINGS, Outcome, Remedy

_OLD_TERM = re.compile(r"(?:三|3|３) ?个月.{0,40}(?:法院|诉讼)|(?:法院|诉讼).{0,40}(?:三|3|３) ?个月")
"""The court's term of three months ended in 2015; a template that still says so is refused."""
_FRAME = ("opening", "contact", "complaint", "attachments")


@dataclass(frozen=True, slots=True)
class LetterText:
    """One letter's words: its title, to whom it goes, and the template of its body."""

    title: str
    to: Addressee
    body: Template


@dataclass(frozen=True, slots=True)
class Edition:
    """The articles as letters cite them, for requests received since a day."""

    effective_from: date
    articles: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Wording:
    """All words of all letters. `version` changes with every change of a word and is kept with each letter."""

    letters: Mapping[Kind, LetterText]
    frame: Mapping[str, Template]
    remedies: Mapping[str, Template]
    words: Mapping[str, Template]
    editions: tuple[Edition, ...]
    version: str

    def law(self, received: date) -> Mapping[str, str]:
        """Return the articles in force for a request received on a day; the earliest where none is yet."""
        in_force = [edition for edition in self.editions if edition.effective_from <= received]
        return in_force[-1].articles if in_force else self.editions[0].articles

    @classmethod
    def parse(cls, texts: Iterable[str]) -> "Wording":
        """Return the wording written in TOML texts (config/letters/*.toml).

        Raises UnreadableWording, in Chinese, for what is no TOML or no template, a letter or an article that is
        missing, or a term of law that is out of date.
        """
        sources = tuple(texts)
        content: dict[str, Any] = {}
        try:
            for source in sources:
                content |= tomllib.loads(source)
            return _wording(content, hashlib.sha256("\0".join(sources).encode()).hexdigest()[:16])
        except (ValueError, KeyError, TypeError, AttributeError, TemplateError) as error:
            raise UnreadableWording(f"文书模板写法有误：{error}") from error


def _wording(content: Mapping[str, Any], version: str) -> Wording:
    environment = _environment()
    letters = {kind: _letter(kind, content, environment) for kind in KINDS}
    editions = tuple(sorted((_edition(each) for each in content["editions"]), key=lambda each: each.effective_from))
    return Wording(
        letters=letters,
        frame={name: _template(content["frame"][name], environment) for name in _FRAME},
        remedies={
            name: _template(content["remedy"][name], environment)
            for name in (Remedy.EITHER, Remedy.REVIEW_FIRST, "online")
        },
        words={name: _template(text, environment) for name, text in content["words"].items()},
        editions=editions,
        version=version,
    )


def _letter(kind: Kind, content: Mapping[str, Any], environment: ImmutableSandboxedEnvironment) -> LetterText:
    entry = content.get(kind)
    if entry is None:
        raise UnreadableWording(f"缺少文书“{kind}”的模板")
    to = Addressee.APPLICANT if isinstance(kind, Outcome) else Addressee(entry["to"])
    return LetterText(entry["title"], to, _template(entry["body"], environment))


def _edition(entry: Mapping[str, Any]) -> Edition:
    articles = entry["articles"]
    missing = {name for ruling in RULINGS.values() for name in ruling.basis} - articles.keys()
    if missing:
        raise UnreadableWording(f"条文表缺少：{'、'.join(sorted(missing))}")
    return Edition(entry["effective_from"], articles)


def _template(text: str, environment: ImmutableSandboxedEnvironment) -> Template:
    if _OLD_TERM.search(text):
        raise UnreadableWording("向人民法院起诉的期限是六个月，模板里写的是三个月")
    return environment.from_string(text)


def _environment() -> ImmutableSandboxedEnvironment:
    # plain text: what goes into HTML or DOCX is escaped there
    environment = ImmutableSandboxedEnvironment(undefined=StrictUndefined, finalize=_filled, autoescape=False)
    environment.filters["day"] = _day
    return environment


def _filled(value: object) -> object:
    if isinstance(value, Undefined):
        raise _missing(value)
    if not isinstance(value, str | int) or not str(value).strip():
        raise UndefinedError("有一处内容是空的")
    return value


def _missing(value: Undefined) -> UndefinedError:
    name = value._undefined_name or ""  # noqa: SLF001  jinja2 keeps the name nowhere else
    return UndefinedError(f"没有填写{NAMES[Fact(name)] if name in frozenset(Fact) else name}")


def _day(value: date | str | Undefined) -> str:
    if isinstance(value, Undefined):
        raise _missing(value)
    return chinese_day(value)


def chinese_day(day: date | str) -> str:
    """Return a date as letters write it: 2026年3月2日. A text is read as YYYY-MM-DD."""
    on = date.fromisoformat(day) if isinstance(day, str) else day
    return f"{on.year}年{on.month}月{on.day}日"
