"""From a number of weights to a width."""

import functools
import logging

_logger = logging.getLogger(__name__)


_WHAT = {"parameter_budget": "weights", "flop_budget": "operations"}


def solve_budget(plan, name, budget, count):
    """Return the plan whose model comes nearest to `budget` weights, or operations.

    Parameters
    ----------
    plan : Plan
        Its ``units`` (and, where the body declares one and the user left it open, its second
        size) are solved for.
    name : {"parameter_budget", "flop_budget"}
    budget : int
        Trainable weights, the token embedding left out; or operations.
    count : callable
        Plan -> its number of them; rising with the sizes.

    Raises
    ------
    ValueError
        If even one unit needs more than the budget, or if the body's weights do not grow with a
        size that is to be solved for.
    """
    count = functools.cache(count)
    smallest = count(plan.with_sizes(1))
    if smallest > budget:
        raise ValueError(
            f"{name}={budget:,} is below the smallest {plan.spec.name} for this input "
            f"and output: units=1 has {smallest:,} {_WHAT[name]}. Raise the budget or lower "
            "embedding_dim or num_layers."
        )
    solved = _nearest_units(plan, name, budget, count)
    second = plan.spec.second_size
    if second is not None and dict(plan.own).get(second) is None:
        solved = _nearest_second(solved, second, name, budget, count)
    _logger.info(
        "%s: %s=%d, reached %d with %s",
        plan.spec.name,
        name,
        budget,
        count(solved),
        {"units": solved.units, **dict(solved.own)},
    )
    return solved


def _nearest_units(plan, name, budget, count):
    low, high = 1, 2
    while count(plan.with_sizes(high)) <= budget:
        _check_grows(plan, name, "units", *(count(plan.with_sizes(size)) for size in (low, high)))
        low, high = high, high * 2
    while high - low > 1:
        middle = (low + high) // 2
        if count(plan.with_sizes(middle)) <= budget:
            low = middle
        else:
            high = middle
    return min((plan.with_sizes(low), plan.with_sizes(high)), key=lambda p: abs(count(p) - budget))


def _nearest_second(plan, second, name, budget, count):
    """Solve the second size, in which the number is linear."""
    one, two = (count(plan.with_sizes(plan.units, **{second: size})) for size in (1, 2))
    _check_grows(plan, name, second, one, two)
    size = max(1, 1 + round((budget - one) / (two - one)))
    return plan.with_sizes(plan.units, **{second: size})


def _check_grows(plan, name, size, fewer, more):
    if more <= fewer:
        raise ValueError(
            f"{name} cannot be solved for {plan.spec.name}: its {_WHAT[name]} do not grow with "
            f"{size} ({fewer:,} stay {more:,}). Use {size} in the body, or build it without a "
            "budget."
        )
