from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from bot.channels.webchat import WebChat
from bot.delivery import Delivery
from bot.errors import Unavailable
from bot.open_pages import OVERLAP, OpenPages
from bot.tokens import Tokens
from bot.types import ParcelState, User
from storage.memory import MemoryOutbox, MemoryTables
from tests.fakes import FixedClock

ANNA, BORIS = User("web", "anna"), User("web", "boris")


class LockedOutbox(MemoryOutbox):
    """An outbox that cannot serve `locked` times; notes since when it was asked."""

    def __init__(self) -> None:
        super().__init__(MemoryTables())
        self.locked = 0
        self.asked: list[object] = []

    async def held_for(self, channel: str, *, since: object) -> list[User]:
        self.asked.append(since)
        if self.locked:
            self.locked -= 1
            raise Unavailable("locked")
        return await super().held_for(channel, since=since)  # type: ignore[arg-type]


@dataclass(slots=True)
class Process:
    """A process with open pages over an outbox."""

    clock: FixedClock = field(default_factory=FixedClock)
    outbox: LockedOutbox = field(default_factory=LockedOutbox)
    webchat: WebChat = field(init=False)
    pages: OpenPages = field(init=False)

    def __post_init__(self) -> None:
        self.webchat = WebChat(tokens=Tokens(b"s", lambda n: b"0" * n), now=self.clock, patience=0)
        delivery = Delivery(outbox=self.outbox, channels={"web": self.webchat}, now=self.clock)
        self.pages = OpenPages(self.webchat, delivery, self.outbox, now=self.clock)

    async def state_of(self, user: User) -> ParcelState:
        ((shelf),) = self.outbox._tables.parcels[user].values()
        return shelf.parcel.state


@pytest.fixture
def process() -> Process:
    return Process()


async def test_what_another_process_held_is_brought_to_the_page_that_is_open_here(process: Process) -> None:
    stream = process.webchat.connect(ANNA)
    for user in (ANNA, BORIS):
        await process.outbox.put(user, "答复", at=process.clock(), held=True)
    await process.pages.look()

    push = stream.get_nowait()
    assert push is not None
    assert push.text == "答复"
    assert await process.state_of(BORIS) is ParcelState.HELD


async def test_what_was_held_while_the_outbox_could_not_serve_is_found_afterwards(process: Process) -> None:
    began = process.clock()
    process.outbox.locked = 1
    process.clock.forward(minutes=5)
    await process.pages.look()
    process.clock.forward(minutes=5)
    await process.pages.look()
    await process.pages.look()

    assert process.outbox.asked == [began - OVERLAP, began - OVERLAP, began + timedelta(minutes=10) - OVERLAP]
