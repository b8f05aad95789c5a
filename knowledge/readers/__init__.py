"""Files read into documents: web pages, Word, PDF, tables, Markdown, text, JSON lines and archives of these."""

from knowledge.readers.cell import Cell
from knowledge.readers.file import LARGEST, read_file
from knowledge.readers.plain import decode
from knowledge.readers.reading import Reading

__all__ = ["LARGEST", "Cell", "Reading", "decode", "read_file"]
