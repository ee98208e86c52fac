"""How much work there is, was and waits, as Prometheus reads it."""

from collections.abc import Iterator, Mapping
from typing import Any

from bot.app import App
from bot.health import Health

_WAITING = {
    "inbox": "events that wait for their turn",
    "outbox": "deliveries that wait",
    "timers": "timers that are set",
    "calls": "calls of other systems that wait",
    "aside": "events that were set aside after three failures",
    "tickets": "tickets that are open",
}


async def page(app: App, health: Health) -> bytes | None:
    """The page; None where the package is not installed."""
    try:
        from prometheus_client import CollectorRegistry, generate_latest
    except ImportError:
        return None
    registry = CollectorRegistry()
    families = list(_families(app, health, await app.store.counts(), await app.store.backlog()))
    registry.register(_Collected(families))
    return generate_latest(registry)


class _Collected:
    def __init__(self, families: list[Any]) -> None:
        self._families = families

    def collect(self) -> list[Any]:
        return self._families


def _families(
    app: App, health: Health, counts: Mapping[str, int], backlog: Mapping[str, int]
) -> Iterator[Any]:
    from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily

    for name, meaning in _WAITING.items():
        yield GaugeMetricFamily(f"frontdesk_{name}", meaning, value=counts.get(name, 0))
    yield CounterMetricFamily("frontdesk_events", "events saved", value=app.inbox.saved)
    yield CounterMetricFamily("frontdesk_turns", "events handled", value=app.worker.handled)
    yield GaugeMetricFamily(
        "frontdesk_operators_reachable", "operators can be told", value=app.desk_reachable()
    )
    read = GaugeMetricFamily(
        "frontdesk_last_read_seconds", "since a channel was read", labels=["channel"]
    )
    waiting = GaugeMetricFamily(
        "frontdesk_deliveries_waiting", "deliveries that wait, by channel", labels=["channel"]
    )
    ended = CounterMetricFamily(
        "frontdesk_deliveries", "attempts to deliver, by how they went", labels=["channel", "how"]
    )
    for channel in app.adapters:
        if (age := health.last_read(channel)) is not None:
            read.add_metric([channel], age)
        waiting.add_metric([channel], backlog.get(channel, 0))
        for how, count in app.outbox.channels[channel].ended.items():
            ended.add_metric([channel, how], count)
    yield from (read, waiting, ended)
