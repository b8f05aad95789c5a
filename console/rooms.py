"""The rooms of the console: where each is, and who may enter."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from console.ports import Role


class Room(StrEnum):
    """A page of the console that the navigation leads to; the value is its place below the console's own."""

    DASHBOARD = ""
    QUEUE = "/queue"
    REPORT = "/report"
    STATISTICS = "/statistics"
    CALENDAR = "/calendar"
    GAPS = "/gaps"
    DOCUMENTS = "/documents"
    IMPORTS = "/imports"
    REVIEW = "/review"
    HIT_TEST = "/hit-test"
    VOCABULARY = "/vocabulary"
    TEST_QUESTIONS = "/test-questions"
    GENERATIONS = "/generations"
    SETTINGS = "/settings"
    ACCOUNTS = "/accounts"
    AUDIT = "/audit"


KNOWLEDGE = (
    Room.DOCUMENTS,
    Room.IMPORTS,
    Room.REVIEW,
    Room.HIT_TEST,
    Room.VOCABULARY,
    Room.TEST_QUESTIONS,
    Room.GENERATIONS,
)
"""The rooms of the knowledge base: one entry of the navigation, and a second row of links."""

_GATE = frozenset({Role.EDITOR, Role.REVIEWER, Role.SECRECY, Role.PUBLISHER})
"""Those through whose hands a text goes before it is published."""

_REGISTER = frozenset({Role.INTAKE, Role.OFFICER, Role.REVIEWER, Role.SECRECY, Role.SIGNER, Role.LEADER, Role.AUDITOR})
"""Those through whose hands a formal request goes."""

ENTER: Mapping[Room, frozenset[Role]] = MappingProxyType(
    {
        Room.DASHBOARD: frozenset(Role),
        Room.QUEUE: _REGISTER,
        Room.REPORT: frozenset({Role.INTAKE, Role.OFFICER, Role.SIGNER, Role.LEADER}),
        Room.STATISTICS: frozenset({Role.INTAKE, Role.OFFICER, Role.SIGNER, Role.EDITOR, Role.LEADER}),
        Room.CALENDAR: _REGISTER | {Role.ADMINISTRATOR},
        Room.GAPS: frozenset({Role.OFFICER, Role.EDITOR}),
        Room.DOCUMENTS: _GATE | {Role.OFFICER},
        Room.IMPORTS: frozenset({Role.EDITOR}),
        Room.REVIEW: _GATE,
        Room.HIT_TEST: _GATE | {Role.OFFICER},
        Room.VOCABULARY: frozenset({Role.EDITOR, Role.PUBLISHER}),
        Room.TEST_QUESTIONS: frozenset({Role.OFFICER, Role.EDITOR, Role.PUBLISHER}),
        Room.GENERATIONS: frozenset({Role.EDITOR, Role.PUBLISHER}),
        Room.SETTINGS: frozenset({Role.ADMINISTRATOR}),
        Room.ACCOUNTS: frozenset({Role.ADMINISTRATOR, Role.SECURITY}),
        Room.AUDIT: frozenset({Role.AUDITOR}),
    }
)
"""Who may enter each room."""


def halls(role: Role) -> tuple[tuple[Room, tuple[Room, ...]], ...]:
    """Return the entries of a role's navigation, each with the rooms behind it; none but itself for most."""
    found: list[tuple[Room, tuple[Room, ...]]] = []
    knowledge = tuple(room for room in KNOWLEDGE if role in ENTER[room])
    for room in Room:
        if role not in ENTER[room] or room in knowledge[1:]:
            continue
        found.append((room, knowledge if room in knowledge else (room,)))
    return tuple(found)
