import asyncio
from dataclasses import dataclass, field

from bot.errors import Unavailable
from storage.redis.leases import LONGEST, Leases


@dataclass(slots=True)
class Renewals:
    """Notes what is renewed; `answers` says what becomes of a key."""

    at: float = 0.0
    renewed: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    answers: dict[str, bool | None] = field(default_factory=dict)
    first: asyncio.Event = field(default_factory=asyncio.Event)

    async def renew(self, key: str) -> bool:
        self.renewed.append(key)
        self.first.set()
        answer = self.answers.get(key, True)
        if answer is None:
            raise Unavailable("no Redis")
        return answer

    def leases(self, lease: float = 9.0) -> Leases:
        return Leases(self.renew, lease, lost=self.lost.append, clock=lambda: self.at)


async def test_only_what_is_held_for_a_while_is_renewed() -> None:
    renewals = Renewals()
    leases = renewals.leases()
    leases.hold("old")
    renewals.at = 3.0
    leases.hold("new")
    await leases.renew_due()

    assert renewals.renewed == ["old"]
    await leases.aclose()


async def test_what_was_let_go_is_not_renewed() -> None:
    renewals = Renewals()
    leases = renewals.leases()
    leases.hold("a")
    leases.let_go("a")
    leases.let_go("never held")
    renewals.at = 5.0
    await leases.renew_due()

    assert renewals.renewed == []
    assert renewals.lost == []
    await leases.aclose()


async def test_what_is_lost_is_told_and_what_redis_does_not_answer_is_tried_again() -> None:
    renewals = Renewals(answers={"lost": False, "unknown": None})
    leases = renewals.leases()
    for key in ("lost", "unknown"):
        leases.hold(key)
    renewals.at = 5.0
    await leases.renew_due()
    await leases.renew_due()

    assert renewals.lost == ["lost"]
    assert renewals.renewed == ["lost", "unknown", "unknown"]
    await leases.aclose()


async def test_what_somebody_has_forgotten_is_not_renewed_for_ever() -> None:
    renewals = Renewals()
    leases = renewals.leases()
    leases.hold("a")
    renewals.at = LONGEST + 1
    await leases.renew_due()

    assert renewals.renewed == []
    assert renewals.lost == ["a"]
    await leases.aclose()


async def test_leases_are_renewed_in_the_background_and_idle_when_nothing_is_held() -> None:
    renewals = Renewals()
    leases = renewals.leases(lease=0.0)
    leases.hold("a")
    async with asyncio.timeout(5):
        await renewals.first.wait()
        leases.let_go("a")
        assert leases._task is not None
        await leases._task
