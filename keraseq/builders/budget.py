"""From a number of weights, or of operations, to sizes."""

import logging
import math

import numpy as np

_logger = logging.getLogger(__name__)

_WHAT = {"parameter_budget": "weights", "flop_budget": "operations"}
_FIRST_GUESS = 64
# Beyond it an architecture that cannot be built is taken to fail for another reason than its size.
_LARGEST_SMALLEST = 4_096
# Of the budget; beyond it the second size is solved too.
_NEAR_ENOUGH = 0.01


def solve_budget(plan, name, budget, count):
    """Return the plan whose model comes nearest to `budget` weights, or operations.

    Parameters
    ----------
    plan : Plan
        Its ``units`` are solved for; and where they alone miss the budget by over 1 %, the
        architecture declares a second size and the user left that open, both.
    name : {"parameter_budget", "flop_budget"}
    budget : int
        Trainable weights, the token embedding left out; or operations.
    count : callable
        Plan -> its number of them; rising with the sizes.

    Raises
    ------
    ValueError
        If the architecture has no size, if even one unit needs more than the budget, or if the
        weights do not grow with a size that is solved for.
    """
    spec = plan.spec
    sizes = sizes_to_solve(spec, dict(plan.own))
    if not sizes:
        raise ValueError(
            f"{name}={budget:,} cannot be solved for {spec.name}, which has no size of its own to "
            "choose; build it without a budget."
        )
    count = _cached(count)
    around = _around(plan, sizes[0], name, budget, count)

    def miss(plan):
        return abs(count(plan) - budget)

    around.sort(key=miss)
    solved = around[0]
    for plan in around if len(sizes) > 1 else ():
        # The other way round too: what does not bind in the narrower model may in the wider one.
        if miss(solved) > _NEAR_ENOUGH * budget:
            second = _with_second(plan, sizes[1], name, budget, count)
            solved = min(solved, second, key=miss)
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


def _around(plan, size, name, budget, count):
    """Return the plans next below and next above a budget, in their first size."""
    known = {}

    def number(value):
        known[value] = count(plan.with_sizes(**{size: value}))
        return known[value]

    low = _smallest(number)
    if known[low] > budget:
        raise ValueError(
            f"{name}={budget:,} is below the smallest {plan.spec.name} for this input "
            f"and output: {size}={low} has {known[low]:,} {_WHAT[name]}. Raise the budget or "
            "lower embedding_dim or num_layers."
        )
    high, guess = None, max(low + 1, _FIRST_GUESS)
    while high is None or high - low > 1:
        if number(guess) > budget:
            high = guess
        else:
            _check_grows(plan, name, size, known[low], known[guess])
            low = guess
        guess = _next_guess(low, high, guess, budget, known)
    return [plan.with_sizes(**{size: value}) for value in (low, high)]


def _smallest(number):
    """The least size that an architecture can be built with: 1, or the next power of two."""
    size = 1
    while True:
        try:
            number(size)
            return size
        except ValueError:
            if size >= _LARGEST_SMALLEST:
                raise
            size *= 2


def _next_guess(low, high, last, budget, known):
    """A size that has not been counted, between `low` and `high` if that is known."""
    if last == low and high is not None and low - 1 not in known:
        # What is interpolated is nearly exact, so the next size is most often over the budget.
        return low + 1
    guess = _root(low, high or math.inf, budget, known)
    if high is None:
        return max(low + 1, math.ceil(min(guess, 8 * low)))
    return min(max(math.floor(guess), low + 1), high - 1)


def _root(low, high, budget, known):
    """Where the number is the budget: in most models it is a square function of a size."""
    near = sorted(known, key=lambda size: abs(known[size] - budget))[:3]
    if len(near) == 3:
        parabola = np.polyfit(near, [known[size] - budget for size in near], 2)
        for root in np.roots(parabola):
            if not root.imag and low <= root.real <= high:
                return root.real
    if high == math.inf:
        return low * math.sqrt(budget / known[low])
    below, above, wanted = (math.sqrt(n) for n in (known[low], known[high], budget))
    return low + (wanted - below) / (above - below) * (high - low)


def _with_second(plan, second, name, budget, count):
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
