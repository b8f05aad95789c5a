from bot.channels.wechat import replay
from bot.channels.wechat.replay import ReplayGuard


def test_a_repeat_with_the_same_body_is_no_replay() -> None:
    guard = ReplayGuard(1200)
    assert guard.note("s", b"body", at=0)
    assert guard.note("s", b"body", at=5)


def test_another_body_under_the_same_signature_is() -> None:
    guard = ReplayGuard(1200)
    guard.note("s", b"body", at=0)
    assert not guard.note("s", b"other", at=1200)
    assert guard.note("t", b"other", at=1200)


def test_signatures_are_forgotten_when_they_can_no_longer_be_used() -> None:
    guard = ReplayGuard(1200)
    guard.note("s", b"body", at=0)
    assert guard.note("s", b"other", at=1201)


def test_the_oldest_goes_when_there_are_too_many() -> None:
    guard = ReplayGuard(1200)
    for number in range(replay._MOST + 1):
        guard.note(str(number), b"body", at=0)
    assert len(guard._seen) == replay._MOST
    assert guard.note("0", b"other", at=0)
    assert not guard.note(str(replay._MOST), b"other", at=0)
