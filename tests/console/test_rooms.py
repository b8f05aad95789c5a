import pytest

from console import texts
from console.ports import Role
from console.rooms import ENTER, KNOWLEDGE, Room, halls


def test_every_room_has_a_name_and_somebody_who_may_enter() -> None:
    assert set(texts.ROOM) == set(ENTER) == set(Room)
    assert all(ENTER.values())


def test_every_role_has_a_name_and_a_duty() -> None:
    assert set(texts.ROLE) == set(texts.DUTY) == set(Role)


@pytest.mark.parametrize("role", Role)
def test_the_rooms_of_a_role_are_in_one_entry_each(role: Role) -> None:
    entries = [room for _, rooms in halls(role) for room in rooms]
    assert len(entries) == len(set(entries))
    assert set(entries) == {room for room in Room if role in ENTER[room]}


def test_an_editor_finds_the_knowledge_base_under_one_entry() -> None:
    assert (Room.DOCUMENTS, KNOWLEDGE) in halls(Role.EDITOR)
