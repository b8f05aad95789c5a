"""Files as offices have them, made for tests."""

import io
from collections.abc import Mapping, Sequence
from zipfile import ZIP_DEFLATED, ZipFile

import docx
import openpyxl
from docx.document import Document as WordFile
from docx.oxml import OxmlElement
from docx.oxml.ns import qn

Placed = tuple[float, float, float, str]
"""Where a line of a page stands: from the left, from the bottom, size, text."""


def pdf(*pages: Sequence[Placed], title: str = "") -> bytes:
    """A PDF whose every character is one em wide, with nothing but a table of what the characters mean."""
    words = sorted({character for page in pages for *_, text in page for character in text})
    codes = {character: code for code, character in enumerate(words, 1)}
    mapped = "".join(f"<{code:04X}> <{character.encode('utf-16-be').hex()}>\n" for character, code in codes.items())
    cmap = (
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /X def /CMapType 2 def\n"
        f"1 begincodespacerange <0000> <FFFF> endcodespacerange {len(codes)} beginbfchar\n{mapped}endbfchar\n"
        "endcmap end end"
    )
    system = "<< /Registry (Adobe) /Ordering (Identity) /Supplement 0 >>"
    descendants = "/DescendantFonts [4 0 R]"
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Count {len(pages)} /Kids [{' '.join(f'{7 + 2 * i} 0 R' for i in range(len(pages)))}] >>",
        f"<< /Type /Font /Subtype /Type0 /BaseFont /X /Encoding /Identity-H {descendants} /ToUnicode 5 0 R >>",
        f"<< /Type /Font /Subtype /CIDFontType2 /BaseFont /X /DW 1000 /CIDSystemInfo {system} >>",
        _stream(cmap),
        f"<< /Title <FEFF{title.encode('utf-16-be').hex()}> >>",
    ]
    for index, page in enumerate(pages):
        shown = "\n".join(
            f"BT /F {size} Tf 1 0 0 1 {left} {bottom} Tm <{''.join(f'{codes[each]:04X}' for each in text)}> Tj ET"
            for left, bottom, size, text in page
        )
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents {8 + 2 * index} 0 R "
            "/Resources << /Font << /F 3 0 R >> >> >>"
        )
        objects.append(_stream(shown))
    return _assembled(objects)


def _stream(content: str) -> str:
    return f"<< /Length {len(content)} >>\nstream\n{content}\nendstream"


def _assembled(objects: Sequence[str]) -> bytes:
    out = io.BytesIO(b"")
    out.write(b"%PDF-1.7\n")
    places = []
    for number, content in enumerate(objects, 1):
        places.append(out.tell())
        out.write(f"{number} 0 obj\n{content}\nendobj\n".encode("latin-1"))
    start = out.tell()
    rows = "".join(f"{place:010d} 00000 n \n" for place in places)
    end = f"trailer << /Size {len(objects) + 1} /Root 1 0 R /Info 6 0 R >>\nstartxref\n{start}\n%%EOF"
    out.write(f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{rows}{end}".encode())
    return out.getvalue()


def word(file: WordFile) -> bytes:
    out = io.BytesIO()
    file.save(out)
    return out.getvalue()


def word_of(*paragraphs: str) -> bytes:
    """A Word file of plain paragraphs."""
    file = docx.Document()
    for paragraph in paragraphs:
        file.add_paragraph(paragraph)
    return word(file)


def add_list(file: WordFile, levels: Sequence[tuple[str, str]]) -> str:
    """Define a list by the form and pattern of each level, and return its id."""
    numbering = file.part.numbering_part.element
    known = numbering.findall(qn("w:abstractNum"))
    abstract = OxmlElement("w:abstractNum", {qn("w:abstractNumId"): str(900 + len(known))})
    for depth, (form, pattern) in enumerate(levels):
        level = OxmlElement("w:lvl", {qn("w:ilvl"): str(depth)})
        for name, value in (("w:start", "1"), ("w:numFmt", form), ("w:lvlText", pattern)):
            level.append(OxmlElement(name, {qn("w:val"): value}))
        abstract.append(level)
    numbering.insert(0, abstract)
    number = OxmlElement("w:num", {qn("w:numId"): str(900 + len(known))})
    number.append(OxmlElement("w:abstractNumId", {qn("w:val"): str(900 + len(known))}))
    numbering.append(number)
    return str(900 + len(known))


def add_item(file: WordFile, text: str, name: str, depth: int = 0) -> None:
    """Add a paragraph of a list."""
    properties = file.add_paragraph(text)._p.get_or_add_pPr()
    numbered = properties.get_or_add_numPr()
    numbered.get_or_add_ilvl().val = depth
    numbered.get_or_add_numId().val = int(name)


def excel(sheets: Mapping[str, Sequence[Sequence[object]]]) -> bytes:
    """An Excel file of sheets by name."""
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def zipped(files: Mapping[str, bytes]) -> bytes:
    """A ZIP archive."""
    out = io.BytesIO()
    with ZipFile(out, "w", ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return out.getvalue()
