"""What a model costs: how each cost is called and written."""

from dataclasses import dataclass

from keraseq import _format


@dataclass(frozen=True)
class Cost:
    """A column of a comparison's table.

    Attributes
    ----------
    label : str
        Of an axis.
    short : str
        Of a column.
    unit : str
    is_count : bool
        A whole number.
    """

    label: str
    short: str
    unit: str = ""
    is_count: bool = False

    def write(self, value):
        return _format.count(value) if self.is_count else _format.amount(value)


COSTS = {
    "parameters": Cost("trainable weights", "weights", is_count=True),
    "flops": Cost("floating-point operations a sequence", "operations", is_count=True),
    "seconds": Cost("seconds to fit", "fit time", "s"),
    "latency_ms": Cost("milliseconds to predict one row", "time for one row", "ms"),
    "latency_per_row_ms": Cost(
        "milliseconds a row, predicted among many", "time a row of many", "ms"
    ),
    "epochs": Cost("epochs", "epochs", is_count=True),
    "memory_mb": Cost("memory, MB", "memory", "MB"),
}
# Models of one budget: what they differ by is no finding.
_ALIKE = 1.2


def telling_cost(table):
    """Return the first of size, operations and time by which the models differ, not the baselines.

    Parameters
    ----------
    table : DataFrame
        Of a comparison.
    """
    models = table[~table["baseline"].astype(bool) & table["score"].notna()]
    measured = [c for c in ("parameters", "flops", "seconds") if c in models]
    for cost in measured:
        values = models[cost].dropna().astype(float)
        if len(values) > 1 and values.max() > _ALIKE * values.min():
            return cost
    with_values = [cost for cost in measured if models[cost].notna().any()]
    return with_values[-1] if with_values else "seconds"
