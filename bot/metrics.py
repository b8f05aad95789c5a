"""What Prometheus is told about messages, answers and deliveries."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from bot.types import Message, Parcel, ParcelState, Reply


class Metrics:
    """The process's metrics, in a registry of its own.

    `passages` tells the size of the live index when asked, `alone` whether the process has to do without Redis.
    `folder` is where prometheus_client keeps the counts of several processes, if it does (PROMETHEUS_MULTIPROC_DIR):
    then every process tells the sums of all, those that have ended included.
    """

    content_type = CONTENT_TYPE_PLAIN_0_0_4

    def __init__(
        self, *, passages: Callable[[], int], alone: Callable[[], bool] = lambda: False, folder: str = ""
    ) -> None:
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
        # there are few of each, and finding one by its labels takes longer than counting with it
        self._replied, self._took = cache(self._answers.labels), cache(self._seconds.labels)
        self._shown = self._registry
        if folder:
            self._shown = CollectorRegistry()
            MultiProcessCollector(self._shown, path=folder)  # type: ignore[no-untyped-call]  # not typed there
        self._tell("zhengda_passages", "Passages in the live index generation.", lambda: {"": float(passages())})
        self._tell("zhengda_redis_failing", "1 while the process goes on without Redis.", lambda: {"": float(alone())})

    def watch(self, channels: Iterable[str], off: Callable[[str], bool]) -> None:
        """Tell of each channel whether it is switched off."""
        names = tuple(channels)
        told = "1 while a channel is switched off."
        self._tell("zhengda_channel_off", told, lambda: {name: float(off(name)) for name in names}, label="channel")

    def answered(self, message: Message, reply: Reply, seconds: float) -> None:
        """Count a reply."""
        self._replied(message.user.channel, reply.status).inc()
        self._took(message.user.channel).observe(seconds)

    def refused(self, channel: str, reason: str) -> None:
        """Count a refused request."""
        self._refusals.labels(channel, reason).inc()

    def settled(self, parcel: Parcel, state: ParcelState) -> None:
        """Count how a delivery ended."""
        self._deliveries.labels(parcel.user.channel, state).inc()

    def expose(self) -> bytes:
        """Return everything in Prometheus' text format."""
        return generate_latest(self._shown)

    def _tell(self, name: str, words: str, ask: Callable[[], Mapping[str, float]], *, label: str = "") -> None:
        """Tell what is so at the moment of asking; `label` names what its values are of."""
        self._shown.register(_Present(name, words, label, ask))


class _Present(Collector):
    """What is so now: nothing that several processes could add up."""

    def __init__(self, name: str, words: str, label: str, ask: Callable[[], Mapping[str, float]]) -> None:
        self._name, self._words, self._label, self._ask = name, words, label, ask

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Ask for the values now."""
        family = GaugeMetricFamily(self._name, self._words, labels=[self._label] if self._label else None)
        for name, value in self._ask().items():
            family.add_metric([name] if self._label else [], value)
        yield family
