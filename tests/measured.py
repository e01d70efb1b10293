"""What an app tells of its measurements, read as a scraper reads it."""

from prometheus_client.parser import text_string_to_metric_families


def measured(text: str, name: str, **labels: str) -> list[float]:
    """The values of the samples of this name that have these labels, among others."""
    return [
        sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
        if sample.name == name and labels.items() <= sample.labels.items()
    ]


def labelled(text: str, name: str, label: str) -> dict[str, float]:
    """The samples of this name by one of their labels; each value of it may be there once.

    Raises:
        AssertionError: when two samples have the same.
    """
    found: dict[str, float] = {}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            if sample.name == name:
                key = sample.labels.get(label, "")
                assert key not in found, f"{name} has {label}={key} twice"
                found[key] = sample.value
    return found
