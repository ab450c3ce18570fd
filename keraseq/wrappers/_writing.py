"""What is asked for when text is generated, and text as it comes."""

import math
import numbers
from dataclasses import dataclass

import numpy as np

from keraseq._checks import check_integer
from keraseq.encoding.reserved_ids import END

# What a decoder gives for the first bytes of a character whose others are still to come.
_HALF = "\ufffd"


@dataclass(frozen=True)
class Sampling:
    """How the next token is chosen, and when to stop."""

    length: int
    temperature: float
    top_k: int
    top_p: float
    n: int
    stop: tuple

    @classmethod
    def check(cls, *, length, temperature, top_k, top_p, n, stop, vocabulary_size):
        """Check what a user asks for."""
        number = isinstance(temperature, numbers.Real) and not isinstance(temperature, bool)
        if not number or not 0 <= temperature < math.inf:
            raise ValueError(
                f"temperature={temperature!r} must be a number of at least 0; 0 takes the "
                "likeliest token, 1 draws by the model's own probabilities."
            )
        if top_p is not None:
            number = isinstance(top_p, numbers.Real) and not isinstance(top_p, bool)
            if not number or not 0 < top_p <= 1:
                raise ValueError(
                    f"top_p={top_p!r} must lie above 0 and be at most 1: the share of the "
                    "probability that the tokens drawn from have together. For the likeliest "
                    "token alone give temperature=0."
                )
        if top_k is not None:
            top_k = check_integer("top_k", top_k, 1)
        stops = () if stop is None else (stop,) if isinstance(stop, str) else stop
        stops = tuple(stops) if np.iterable(stops) else (stop,)
        if not all(isinstance(part, str) and part for part in stops):
            raise ValueError(
                f"stop={stop!r} must be a string that is not empty, or a list of such."
            )
        return cls(
            check_integer("length", length, 0),
            float(temperature),
            vocabulary_size if top_k is None else min(top_k, vocabulary_size),
            1.0 if top_p is None else float(top_p),
            check_integer("n", n, 1),
            stops,
        )


class Written:
    """One text as it grows.

    Parameters
    ----------
    decode : callable
        Ids to str, or to a list of tokens.
    stop : tuple of str
    """

    def __init__(self, decode, stop):
        self._decode, self._stop, self._ids = decode, stop, []
        self.is_done, self.value, self._given = False, decode([]), 0

    def add(self, ids):
        """Take further ids; what comes behind an end or a stop is left out."""
        if self.is_done:
            return
        ends = np.flatnonzero(ids == END)
        self.is_done = len(ends) > 0
        self._ids += ids[: ends[0] if self.is_done else None].tolist()
        self.value = self._decode(self._ids)
        found = [self._find(stop) for stop in self._stop if stop in self.value]
        if found:
            # The one that is whole first, however much text came at once.
            self.is_done, self.value = True, self.value[: min(found)[1]]

    def _find(self, stop):
        """Where a stop ends that was written, and where it begins."""
        place = self.value.index(stop)
        return place + (len(stop) if isinstance(self.value, str) else 1), place

    def piece(self, is_last):
        """What is new and will not change: no half character, no half of a stop."""
        end = len(self.value)
        if not (is_last or self.is_done):
            if isinstance(self.value, str):
                end = len(self.value.rstrip(_HALF))
                end -= max((_overlap(self.value[:end], stop) for stop in self._stop), default=0)
            end = max(end, self._given)
        new, self._given = self.value[self._given : end], end
        return new


def _overlap(text, stop):
    """Characters at the end of a text that may be the beginning of a stop."""
    most = min(len(text), len(stop) - 1)
    return next((n for n in range(most, 0, -1) if text.endswith(stop[:n])), 0)
