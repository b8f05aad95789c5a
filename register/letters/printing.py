"""A letter as plain text for the chat, as a page to print, and as a Word file."""

import hashlib
import io
from dataclasses import dataclass
from zipfile import BadZipFile

from docxtpl import DocxTemplate
from jinja2 import TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from register.errors import UnreadableWording
from register.letters.composition import Letter


@dataclass(frozen=True, slots=True)
class Stationery:
    """The office's letter paper: the page (config/letters/letter.html) and the Word file (letter.docx) to fill in."""

    page: str
    word: bytes


def plain_text(letter: Letter) -> str:
    """Return the letter as text for the chat: every line of it, nothing else."""
    head = (letter.title, letter.number, f"{letter.addressee}：" if letter.addressee else "")
    lines = (*head, *letter.paragraphs, letter.agency, letter.dated)
    return "\n".join(line for line in lines if line)


def digest(letter: Letter) -> str:
    """Return the SHA-256 (hex) of the plain text: what a signature pins."""
    return hashlib.sha256(plain_text(letter).encode()).hexdigest()


def page(letter: Letter, stationery: Stationery) -> str:
    """Return the letter as a page to print on A4; raise UnreadableWording where the page's template is damaged."""
    environment = ImmutableSandboxedEnvironment(autoescape=True)
    try:
        return environment.from_string(stationery.page).render(_fields(letter))
    except TemplateError as error:
        raise UnreadableWording(f"文书页面模板写法有误：{error}") from error


def word_file(letter: Letter, stationery: Stationery) -> bytes:
    """Return the letter as a Word file; raise UnreadableWording where the template is no Word file, or damaged."""
    filled = io.BytesIO()
    try:
        document = DocxTemplate(io.BytesIO(stationery.word))
        document.render(_fields(letter), ImmutableSandboxedEnvironment(), autoescape=True)
        document.save(filled)
    except (TemplateError, BadZipFile, KeyError, ValueError) as error:
        raise UnreadableWording(f"文书 Word 模板不能使用：{error}") from error
    return filled.getvalue()


def _fields(letter: Letter) -> dict[str, object]:
    return {
        "title": letter.title,
        "number": letter.number,
        "addressee": letter.addressee,
        "paragraphs": list(letter.paragraphs),
        "agency": letter.agency,
        "dated": letter.dated,
    }
