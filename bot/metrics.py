"""What Prometheus is told about messages, answers and deliveries."""

from collections.abc import Callable, Iterable
from functools import partial

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4

from bot.types import Message, Parcel, ParcelState, Reply


class Metrics:
    """The process's metrics, in a registry of its own.

    `passages` tells the size of the live index when asked, `alone` whether the process has to do without Redis.
    """

    content_type = CONTENT_TYPE_PLAIN_0_0_4

    def __init__(self, *, passages: Callable[[], int], alone: Callable[[], bool] = lambda: False) -> None:
        self._registry = CollectorRegistry()
        self._answers = Counter(
            "zhengda_answers_total", "Messages answered, by status.", ["channel", "status"], registry=self._registry
        )
        self._seconds = Histogram(
            "zhengda_answer_seconds",
            "Time from message to reply.",
            ["channel"],
            buckets=(0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 5, 10),
            registry=self._registry,
        )
        self._refusals = Counter(
            "zhengda_refusals_total", "Requests refused, by reason.", ["channel", "reason"], registry=self._registry
        )
        self._deliveries = Counter(
            "zhengda_deliveries_total", "Outbox texts settled, by state.", ["channel", "state"], registry=self._registry
        )
        Gauge("zhengda_passages", "Passages in the live index generation.", registry=self._registry).set_function(
            passages
        )
        Gauge(
            "zhengda_redis_failing", "1 while the process goes on without Redis.", registry=self._registry
        ).set_function(lambda: float(alone()))

    def watch(self, channels: Iterable[str], off: Callable[[str], bool]) -> None:
        """Tell of each channel whether it is switched off."""
        gauge = Gauge("zhengda_channel_off", "1 while a channel is switched off.", ["channel"], registry=self._registry)
        for channel in channels:
            gauge.labels(channel).set_function(partial(off, channel))

    def answered(self, message: Message, reply: Reply, seconds: float) -> None:
        """Count a reply."""
        self._answers.labels(message.user.channel, reply.status).inc()
        self._seconds.labels(message.user.channel).observe(seconds)

    def refused(self, channel: str, reason: str) -> None:
        """Count a refused request."""
        self._refusals.labels(channel, reason).inc()

    def settled(self, parcel: Parcel, state: ParcelState) -> None:
        """Count how a delivery ended."""
        self._deliveries.labels(parcel.user.channel, state).inc()

    def expose(self) -> bytes:
        """Return everything in Prometheus' text format."""
        return generate_latest(self._registry)
