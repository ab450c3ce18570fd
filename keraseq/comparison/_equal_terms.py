"""What keeps a model from equal terms: a stem or a size of its own."""

from keraseq.builders import sizes_to_solve
from keraseq.models import find_model, is_registered


def set_terms(entry, budgets):
    """Put the comparison's budget in place of the entry's own size; note what sets it apart.

    Parameters
    ----------
    entry : Entry
    budgets : dict
        ``parameter_budget`` and ``flop_budget``, None where it is not given.
    """
    ours = entry.ours
    spec = None
    if getattr(ours, "pretrained", None) is not None:
        entry.notes.append("starts from a pretrained generator, which has read other texts")
    elif ours is not None and is_registered(ours.model):
        spec = find_model(ours.model)
    if spec is not None:
        entry.notes += _own_stem(spec)
        if spec.pooling and ours.pooling is None:
            entry.notes.append(f"read by its {spec.pooling}, as in its paper")
    budgets = {name: value for name, value in budgets.items() if value is not None}
    if not budgets:
        return
    if spec is None or not sizes_to_solve(spec, ours.model_params or {}):
        (entry.outside_budget,) = budgets
        entry.notes.append(f"at its own size, {entry.outside_budget} has none to solve")
        return
    if entry.members is not None:
        entry.notes.append(f"each of {entry.members} members has the {next(iter(budgets))}")
        (entry.outside_budget,) = budgets
    units = ours.units if ours.units != "auto" else dict(spec.settings).get("units")
    if units is not None:
        entry.notes.append(f"units={units} overridden by {', '.join(budgets)}")
    ours.set_params(units="auto", **budgets)


def _own_stem(spec):
    """Which stem it has that others have not: a forecaster's own, or what a preset sets."""
    if spec.kind.name == "forecaster":
        yield "own stem"
    if spec.settings:
        settings = ", ".join(f"{name}={value!r}" for name, value in spec.settings)
        yield f"preset of {spec.function.__name__}: {settings}"
