"""What reading a file yields."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from knowledge.types import Document


@dataclass(frozen=True, slots=True)
class Reading:
    """One document read, or why it could not be; `place` names the file, with ":line" for a record of many.

    Beside a document, `reason` tells what of the file was not used. `repeals` are the numbers, else titles, of the
    documents that this one says it puts an end to: proposals, nothing is changed before an editor confirms.
    `dropped` are the lines of the file that are not in the document: page heads, boxes, what surrounds it.
    """

    place: str
    document: Document | None = None
    reason: str = ""
    repeals: tuple[str, ...] = ()
    dropped: str = ""


@dataclass(frozen=True, slots=True)
class Article:
    """What a file of one document holds.

    `text` is Markdown-like plain text: "#" headings, "|" table rows. The rest is under the names of Document's fields:
    `stated` by the editor, `shown` on the page beside the text, `supposed` by what the page or file says of itself
    (its site's name, its metadata). `unused` are labels that mean nothing here, `remark` is for the editor.
    `dropped` are the short lines that were left out of the text: a mark of secrecy may stand there.
    """

    text: str
    title: str = ""
    stated: Mapping[str, object] = field(default_factory=dict)
    shown: Mapping[str, object] = field(default_factory=dict)
    supposed: Mapping[str, object] = field(default_factory=dict)
    unused: tuple[str, ...] = ()
    remark: str = ""
    dropped: str = ""
