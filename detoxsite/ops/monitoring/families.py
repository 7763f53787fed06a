"""Metric families as the collectors write them. All names begin with ``detoxsite_``."""

from collections.abc import Iterable, Mapping

from prometheus_client.core import GaugeMetricFamily

PREFIX = "detoxsite_"


def gauge(name: str, help_text: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(PREFIX + name, help_text, value=value)


def labeled_gauge(name: str, help_text: str, label: str, values: Mapping[str, float]) -> GaugeMetricFamily:
    return multi_gauge(name, help_text, [label], (((text,), value) for text, value in values.items()))


def multi_gauge(
    name: str, help_text: str, labels: list[str], values: Iterable[tuple[tuple[str, ...], float]]
) -> GaugeMetricFamily:
    family = GaugeMetricFamily(PREFIX + name, help_text, labels=labels)
    for texts, value in values:
        family.add_metric(texts, value)
    return family
