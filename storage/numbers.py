"""The numbers and codes that citizens are given with a case."""

import secrets
from datetime import datetime, timedelta, timezone

BEIJING = timezone(timedelta(hours=8), "Asia/Shanghai")
"""The office's civil time; China has had no other offset since 1991."""

ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""No 0, O, 1, I and L: a query code is read from a screen and typed by hand."""


def year_of(code: str, received_at: datetime) -> str:
    """Return what the numbers of one office and one civil year begin with: "浚县-2026"."""
    return f"{code}-{received_at.astimezone(BEIJING).year}"


def reference(year: str, count: int) -> str:
    """Return the case number "浚县-2026-000123"."""
    return f"{year}-{count:06d}"


def new_query_code() -> str:
    """Return eight characters that nobody can guess."""
    return "".join(secrets.choice(ALPHABET) for _ in range(8))
