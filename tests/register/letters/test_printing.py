import io
from dataclasses import replace

import pytest
from docx import Document

from register.errors import UnreadableWording
from register.letters.composition import Letter
from register.letters.kinds import Kind, LetterKind
from register.letters.printing import Stationery, digest, page, plain_text, word_file
from register.outcomes import Outcome
from tests.register.letters.samples import STATIONERY, letter


def lines(content: bytes) -> list[str]:
    return [paragraph.text for paragraph in Document(io.BytesIO(content)).paragraphs if paragraph.text]


def hostile() -> Letter:
    return replace(letter(Outcome.OPEN_PUBLISHED), paragraphs=("<b>&</b>{{ 1 }}", "第二段"), addressee="<张三>")


@pytest.mark.parametrize("kind", [LetterKind.RECEIPT, Outcome.PARTIAL, LetterKind.APPLICATION])
def test_the_word_file_says_what_the_chat_says(kind: Kind) -> None:
    finished = letter(kind)

    assert lines(word_file(finished, STATIONERY)) == plain_text(finished).split("\n")


def test_the_word_file_is_a4_in_the_type_of_official_documents() -> None:
    document = Document(io.BytesIO(word_file(letter(LetterKind.RECEIPT), STATIONERY)))
    section = document.sections[0]

    assert section.page_width is not None
    assert section.page_height is not None
    assert (round(section.page_width.mm), round(section.page_height.mm)) == (210, 297)
    assert document.styles["Normal"].font.name == "仿宋_GB2312"


def test_the_page_says_what_the_chat_says() -> None:
    finished = letter(Outcome.PARTIAL)
    printed = page(finished, STATIONERY)

    for line in plain_text(finished).split("\n"):
        assert line in printed
    assert '<html lang="zh-CN">' in printed


def test_nothing_that_people_wrote_becomes_markup() -> None:
    assert "<p>&lt;b&gt;&amp;&lt;/b&gt;{{ 1 }}</p>" in page(hostile(), STATIONERY)
    written = lines(word_file(hostile(), STATIONERY))
    assert "<b>&</b>{{ 1 }}" in written
    assert "<张三>：" in written


def test_the_digest_changes_with_every_word() -> None:
    finished = letter(LetterKind.RECEIPT)

    assert len(digest(finished)) == 64
    assert digest(finished) != digest(replace(finished, dated="2026年3月21日"))


def test_a_damaged_page_is_refused() -> None:
    with pytest.raises(UnreadableWording):
        page(letter(LetterKind.RECEIPT), replace(STATIONERY, page="{% if %}"))


@pytest.mark.parametrize("damaged", [b"no file", b"", STATIONERY.word[:2000]])
def test_a_damaged_word_file_is_refused(damaged: bytes) -> None:
    with pytest.raises(UnreadableWording):
        word_file(letter(LetterKind.RECEIPT), Stationery("", damaged))
