"""From a number of weights, or of operations, to sizes."""

import logging
import math

_logger = logging.getLogger(__name__)

_WHAT = {"parameter_budget": "weights", "flop_budget": "operations"}
_FIRST_GUESS = 64


def solve_budget(plan, name, budget, count):
    """Return the plan whose model comes nearest to `budget` weights, or operations.

    Parameters
    ----------
    plan : Plan
        Its ``units`` (and, where the architecture declares one and the user left it open, its
        second size) are solved for.
    name : {"parameter_budget", "flop_budget"}
    budget : int
        Trainable weights, the token embedding left out; or operations.
    count : callable
        Plan -> its number of them; rising with the sizes.

    Raises
    ------
    ValueError
        If the architecture has no size, if even one unit needs more than the budget, or if the
        weights do not grow with a size that is to be solved for.
    """
    spec = plan.spec
    sizes = sizes_to_solve(spec, dict(plan.own))
    if not sizes:
        raise ValueError(
            f"{name}={budget:,} cannot be solved for {spec.name}, which has no size of its own to "
            "choose; build it without a budget."
        )
    count = _cached(count)
    solved = _nearest(plan, sizes[0], name, budget, count)
    if len(sizes) > 1:
        solved = _nearest_second(solved, sizes[1], name, budget, count)
    _logger.info(
        "%s: %s=%d, reached %d with %s",
        spec.name,
        name,
        budget,
        count(solved),
        {"units": solved.units, **dict(solved.own)},
    )
    return solved


def sizes_to_solve(spec, own):
    """Return the parameters that a budget chooses, given the own parameters that are set."""
    own = {**dict(spec.settings), **own, "units": None}
    return [size for size in spec.kind.sizes(spec) if own.get(size) is None]


def _cached(count):
    """Count each choice of sizes once; a plan as such may hold what cannot be hashed."""
    known = {}

    def cached(plan):
        sizes = plan.units, str(plan.own)
        if sizes not in known:
            known[sizes] = count(plan)
        return known[sizes]

    return cached


def _nearest(plan, size, name, budget, count):
    """Solve the first size: numbers grow about as its square, so their roots are interpolated."""

    def number(value):
        return count(plan.with_sizes(**{size: value}))

    low = _smallest(number)
    if number(low) > budget:
        raise ValueError(
            f"{name}={budget:,} is below the smallest {plan.spec.name} for this input "
            f"and output: {size}={low} has {number(low):,} {_WHAT[name]}. Raise the budget or "
            "lower embedding_dim or num_layers."
        )
    high, guess = None, max(low + 1, _FIRST_GUESS)
    while high is None or high - low > 1:
        if number(guess) > budget:
            high = guess
        else:
            _check_grows(plan, name, size, number(low), number(guess))
            low = guess
        guess = _next_guess(low, high, guess, budget, number)
    nearest = min((low, high), key=lambda value: abs(number(value) - budget))
    return plan.with_sizes(**{size: nearest})


def _smallest(number):
    """The least size that an architecture can be built with: 1, or the next power of two."""
    size = 1
    while True:
        try:
            number(size)
            return size
        except ValueError:
            if size >= _FIRST_GUESS:
                raise
            size *= 2


def _next_guess(low, high, last, budget, number):
    """A size that has not been counted, between `low` and `high` if that is known."""
    if high is None:
        growth = math.sqrt(budget / number(low))
        return max(low + 1, math.ceil(low * min(growth, 8)))
    if last == low:
        # The roots are nearly in line, so the next size is most often over the budget.
        return low + 1
    below, above, wanted = (math.sqrt(n) for n in (number(low), number(high), budget))
    share = (wanted - below) / (above - below) if above > below else 0.5
    return min(max(low + math.floor(share * (high - low)), low + 1), high - 1)


def _nearest_second(plan, second, name, budget, count):
    """Solve the second size, in which the number is linear."""
    one, two = (count(plan.with_sizes(**{second: size})) for size in (1, 2))
    _check_grows(plan, name, second, one, two)
    size = max(1, 1 + round((budget - one) / (two - one)))
    return plan.with_sizes(**{second: size})


def _check_grows(plan, name, size, fewer, more):
    if more <= fewer:
        raise ValueError(
            f"{name} cannot be solved for {plan.spec.name}: its {_WHAT[name]} do not grow with "
            f"{size} ({fewer:,} stay {more:,}). Use {size} in the body, or build it without a "
            "budget."
        )
