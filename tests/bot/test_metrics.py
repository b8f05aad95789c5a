import os
import subprocess
import sys
from pathlib import Path

from bot.metrics import Metrics
from bot.types import Message, Parcel, ParcelState, Reply, User
from tests.fakes import MONDAY

ANNA = User("web", "anna")


def test_replies_refusals_deliveries_and_passages_are_counted() -> None:
    metrics = Metrics(passages=lambda: 7)
    metrics.answered(Message("1", ANNA, "低保", MONDAY), Reply("答", "answered_search"), 0.02)
    metrics.refused("wechat/main", "signature")
    metrics.settled(Parcel(1, ANNA, "答复", "", ParcelState.SENDING, 1, MONDAY), ParcelState.SENT)

    lines = metrics.expose().decode().splitlines()

    assert 'zhengda_answers_total{channel="web",status="answered_search"} 1.0' in lines
    assert 'zhengda_answer_seconds_bucket{channel="web",le="0.03"} 1.0' in lines
    assert 'zhengda_answer_seconds_bucket{channel="web",le="0.01"} 0.0' in lines
    assert 'zhengda_refusals_total{channel="wechat/main",reason="signature"} 1.0' in lines
    assert 'zhengda_deliveries_total{channel="web",state="sent"} 1.0' in lines
    assert "zhengda_passages 7.0" in lines


def test_a_channel_that_is_switched_off_is_told() -> None:
    metrics, off = Metrics(passages=lambda: 0), {"wechat/main"}
    metrics.watch(("web", "wechat/main"), off.__contains__)

    assert 'zhengda_channel_off{channel="wechat/main"} 1.0' in metrics.expose().decode().splitlines()
    off.clear()
    assert 'zhengda_channel_off{channel="wechat/main"} 0.0' in metrics.expose().decode().splitlines()


def test_no_text_and_no_person_is_in_the_metrics() -> None:
    metrics = Metrics(passages=lambda: 0)
    metrics.answered(Message("1", ANNA, "低保", MONDAY), Reply("答", "answered_search"), 0.02)

    assert "anna" not in metrics.expose().decode()
    assert "低保" not in metrics.expose().decode()


def test_two_servers_in_one_process_count_apart() -> None:
    first, second = Metrics(passages=lambda: 1), Metrics(passages=lambda: 2)
    first.refused("web", "malformed")

    assert b"malformed" not in second.expose()


COUNTING = """
import sys
from bot.metrics import Metrics

metrics = Metrics(passages=lambda: 7, folder=sys.argv[1])
metrics.watch(["web"], lambda channel: False)
metrics.refused("web", "rate")
print(metrics.expose().decode())
"""


def counted(folder: Path) -> list[str]:
    """What a process tells that counted one refusal: as it is told before anything is imported."""
    environment = {**os.environ, "PROMETHEUS_MULTIPROC_DIR": str(folder)}
    done = subprocess.run(  # noqa: S603  this interpreter, on the text above
        [sys.executable, "-c", COUNTING, str(folder)], env=environment, check=True, capture_output=True, text=True
    )
    return done.stdout.splitlines()


def test_processes_that_count_together_tell_their_sum_also_of_those_that_ended(tmp_path: Path) -> None:
    assert 'zhengda_refusals_total{channel="web",reason="rate"} 1.0' in counted(tmp_path)
    lines = counted(tmp_path)

    assert 'zhengda_refusals_total{channel="web",reason="rate"} 2.0' in lines
    assert [line for line in lines if line.startswith("zhengda_passages")] == ["zhengda_passages 7.0"]
    assert 'zhengda_channel_off{channel="web"} 0.0' in lines
