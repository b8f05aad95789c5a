"""How long the statistics of a year take over 1,000,000 answers and 100,000 cases, on SQLite."""

import argparse
import asyncio
import json
import random
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

from sqlalchemy import insert

from console.periods import Period
from console.statistics import overview
from register.types import CaseKind, Status, Step
from storage.database import Database
from storage.figures import SqlFigures
from storage.migrations import migrate
from storage.tables.knowledge import answer_counts, answers
from storage.tables.register import cases, events

BATCH = 20_000
BEGIN = datetime(2025, 12, 1, tzinfo=UTC)
TOPICS = [f"主题{number}" for number in range(30)]
STATUSES = ["answered_search", "answered_exact", "confirm_candidates", "answered_chosen", "escalated_no_match"]


def answer(number, total, rng):
    at = BEGIN + timedelta(days=350) * (number / total)
    question = f"问题{int(rng.paretovariate(1.1)) % 50_000}"
    return {
        "id": f"a{number}", "at": at.isoformat(), "channel": "web", "question": question, "normalised": question,
        "status": rng.choice(STATUSES), "route": "search", "band": "answer", "probability": 0.9, "generation": "g",
        "used": [], "near_misses": [], "features": {}, "resolved": None, "topic": rng.choice(TOPICS),
    }  # fmt: skip


def case(number, total):
    at = BEGIN + timedelta(days=340) * (number / total)
    return {
        "reference": f"云岭-2026-{number:06d}", "source": f"s{number}", "kind": CaseKind.INQUIRY, "question": "问",
        "channel": "web", "user_id": "u", "code": "ABCD2345", "status": Status.ANSWERED, "received_at": at,
        "due_on": at.date(), "provisional": False, "department": f"单位{number % 20}", "evidence": "", "version": 2,
    }  # fmt: skip


async def fill(database, many, some):
    rng = random.Random(7)
    for start in range(0, many, BATCH):
        rows = [answer(number, many, rng) for number in range(start, min(start + BATCH, many))]
        async with database.begin() as connection:
            await connection.execute(insert(answers), rows)
    days = [(BEGIN + timedelta(days=day)).date() for day in range(350)]
    keys = [(day, status, topic) for day in days for status in STATUSES for topic in TOPICS]
    counted = {"channel": "web", "answers": many // len(keys), "resolved": 1, "unresolved": 0}
    async with database.begin() as connection:
        rows = [{"day": day, "status": status, "topic": topic, **counted} for day, status, topic in keys]
        await connection.execute(insert(answer_counts), rows)
        opened = [case(number, some) for number in range(some)]
        await connection.execute(insert(cases), opened)
        done = {"actor": "li", "step": Step.ANSWER, "note": "答"}
        answered = [{"reference": each["reference"], "at": each["received_at"] + timedelta(days=3)} for each in opened]
        await connection.execute(insert(events), [done | each for each in answered])


async def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--answers", type=int, default=1_000_000)
    parser.add_argument("--cases", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    with TemporaryDirectory() as folder:
        url = f"sqlite+aiosqlite:///{Path(folder, 'statistics.db')}"
        await migrate(url)
        database = Database(url)
        await fill(database, options.answers, options.cases)
        figures, on = SqlFigures(database), (BEGIN + timedelta(days=349)).date()
        told = {}
        for name, days in (("month", 30), ("year", 350)):
            taken = []
            for _ in range(options.rounds):
                began = perf_counter()
                await overview(figures, Period(on - timedelta(days=days - 1), on), on)
                taken.append(perf_counter() - began)
            told[name] = round(sorted(taken)[len(taken) // 2], 3)
        await database.aclose()
    print(json.dumps({"answers": options.answers, "cases": options.cases, "median_seconds": told}))


if __name__ == "__main__":
    asyncio.run(main())
