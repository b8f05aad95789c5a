"""Formal requests as rows of the database, and back."""

import json
from base64 import b64decode, b64encode
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import Row

from register.docket import Head, Paper


def head_row(head: Head) -> dict[str, Any]:
    """Return the columns of a head; the status is the case's."""
    row = asdict(head)
    del row["status"]
    return row


def head_of(row: Row[Any]) -> Head:
    """Return the head that a row tells, joined with the status of its case."""
    return Head(
        stage=row.stage,
        status=row.status,
        category=row.category,
        applicant=row.applicant,
        received_on=row.received_on,
        due_on=row.due_on,
        provisional=row.provisional,
        calendar=row.calendar,
        hastened=row.hastened,
        department=row.department,
        handler=row.handler,
        outcome=row.outcome,
        decided_on=row.decided_on,
        delivered_on=row.delivered_on,
        on_time=row.on_time,
        parent=row.parent,
        merged_into=row.merged_into,
        closed_on=row.closed_on,
    )


def paper_bytes(paper: Paper) -> bytes:
    """Return a letter as it is sealed."""
    row = asdict(paper) | {"at": paper.at.isoformat(), "docx": b64encode(paper.docx).decode()}
    return json.dumps(row, ensure_ascii=False).encode("utf-8", "surrogatepass")


def paper_of(content: bytes) -> Paper:
    """Return the letter that was sealed."""
    row = json.loads(content)
    return Paper(**{**row, "at": datetime.fromisoformat(row["at"]), "docx": b64decode(row["docx"])})
