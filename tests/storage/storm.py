"""Opens cases without end and says which, to be killed in the middle: `python -m tests.storage.storm URL`."""

import asyncio
import sys
from datetime import UTC, date, datetime
from itertools import count

from register.types import CaseKind, NewCase
from storage.database import Database
from storage.register import SqlRegister
from tests.fakes import PlainVault


async def main(url: str) -> None:
    register = SqlRegister(Database(url), PlainVault(), code="浚县", now=lambda: datetime.now(UTC))
    numbers = count()

    async def open_cases() -> None:
        for number in numbers:
            new = NewCase(
                f"s{number}",
                CaseKind.INQUIRY,
                "问" * 500,
                "web",
                f"u{number % 5}",
                datetime(2026, 3, 2, tzinfo=UTC),
                date(2026, 3, 9),
                provisional=False,
            )
            case = await register.open(new)
            # a citizen is told no earlier than this
            sys.stdout.write(f"{case.reference}\n")
            sys.stdout.flush()

    await asyncio.gather(*(open_cases() for _ in range(10)))


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
