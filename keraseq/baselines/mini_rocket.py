"""The strongest cheap rival of a classifier of series."""

from itertools import combinations

import numpy as np
from sklearn.base import BaseEstimator, ClassNamePrefixFeaturesOutMixin, TransformerMixin
from sklearn.linear_model import RidgeClassifierCV, RidgeCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_is_fitted

from keraseq._checks import check_integer
from keraseq.baselines._rivals import SERIES, rival
from keraseq.encoding import SeriesEncoder, as_sequences
from keraseq.encoding.columns import match_columns, note_columns
from keraseq.encoding.sequences import row_lengths

_TAPS = 9
_KERNELS = np.array(list(combinations(range(_TAPS), 3)))  # where a kernel has 2, elsewhere -1
_GOLDEN_RATIO = (np.sqrt(5) + 1) / 2
_MOST_CHANNELS = 9
# Rows that are transformed at once hold at most so many numbers.
_CHUNK = 100_000
_MOST_ROWS = 4_000


class MiniRocket(ClassNamePrefixFeaturesOutMixin, TransformerMixin, BaseEstimator):
    """Turn series into shares of steps at which convolutions exceed a bias.

    The convolutions are 84 fixed kernels of nine taps at several dilations, the biases quantiles of
    what training series gave. The features need scaling and a linear model after them; see
    :func:`keraseq.baselines.mini_rocket_baseline`.

    Differs from the paper in what series may be: channels are standardised on the training rows, a
    missing value takes the one before it, and a series shorter than training's longest, or than a
    kernel, is followed by zeros that count in no share.

    Parameters
    ----------
    n_features : int, default=10000
        Rounded down to a multiple of 84, at least 84.
    max_dilations : int, default=32
        Of one kernel.
    random_state : int, RandomState or None, default=None
        Draws the training series that biases come from, and of several channels which are summed.

    Attributes
    ----------
    length_ : int
        Steps of the longest training series.
    dilations_ : ndarray
    biases_ : ndarray `(features,)`
    n_features_in_ : int
        Columns of a 2-D array or frame, to which others are held; channels of a list or 3-D array.

    References
    ----------
    Dempster, Schmidt & Webb (2021). MiniRocket: a very fast (almost) deterministic transform for
    time series classification. KDD.

    Examples
    --------
    >>> import numpy as np
    >>> from keraseq.baselines import MiniRocket
    >>> waves = np.sin(np.outer([1, 2, 3], np.arange(50)))
    >>> MiniRocket(random_state=0).fit_transform(waves).shape
    (3, 9996)
    """

    def __init__(self, n_features=10_000, max_dilations=32, random_state=None):
        self.n_features = n_features
        self.max_dilations = max_dilations
        self.random_state = random_state

    def fit(self, X, y=None):
        """Choose dilations and, from the training series, biases.

        Raises
        ------
        TypeError, ValueError
            If X is no series of numbers.
        """
        of_kernel = max(1, check_integer("n_features", self.n_features, 1) // len(_KERNELS))
        most = check_integer("max_dilations", self.max_dilations, 1)
        generator = check_random_state(self.random_state)
        sequences = as_sequences(X, "series")
        self.length_ = max(_TAPS, int(row_lengths(sequences.rows).max()))
        self.encoder_ = SeriesEncoder(missing="fill").set_output(transform="default").fit(sequences)
        note_columns(self, X, sequences)
        self.dilations_, self._counts = _dilations(self.length_, of_kernel, min(most, of_kernel))
        self._channels = self._draw_channels(generator)
        self.biases_ = self._draw_biases(self._scaled(sequences), generator)
        return self

    def transform(self, X):
        """Return the shares as an array `(n, features)`, float32."""
        check_is_fitted(self)
        sequences = as_sequences(X, "series")
        sequences = match_columns(self, X, sequences, self.encoder_.n_channels_)
        rows = self._scaled(sequences)
        size = max(1, _CHUNK // (self.length_ * self.encoder_.n_channels_))
        chunks = [rows[first : first + size] for first in range(0, len(rows), size)]
        return np.concatenate([self._shares(*_join(chunk, self.length_)) for chunk in chunks])

    def _scaled(self, sequences):
        """Scaled rows `(time_i, channels)` without padding, an empty one as one step of zeros."""
        channels = self.encoder_.n_channels_
        rows = [row[:, :channels] for row in self.encoder_.transform(sequences)]
        rows = [row[~np.isnan(row).any(axis=1)] for row in rows]
        return [row if len(row) else np.zeros((1, channels), np.float32) for row in rows]

    def _draw_channels(self, generator):
        """For each dilation and kernel the channels whose convolutions are added up."""
        n = self.encoder_.n_channels_
        most = np.log2(min(n, _MOST_CHANNELS) + 1)
        return [
            [
                np.sort(generator.choice(n, int(2 ** generator.uniform(0, most)), replace=False))
                for _ in _KERNELS
            ]
            for _ in self.dilations_
        ]

    def _draw_biases(self, rows, generator):
        """Quantiles of the convolution of a training series, another one for each kernel."""
        n = len(_KERNELS) * self._counts.sum()
        quantiles = np.split(np.arange(1, n + 1) * _GOLDEN_RATIO % 1, self._borders(n))
        biases = []
        for place, dilation in enumerate(self.dilations_):
            drawn = generator.randint(len(rows), size=len(_KERNELS))
            for kernel, row in enumerate(drawn):
                x, _ = _join([rows[row]], max(_TAPS, len(rows[row])))
                parts = _shifted(x, dilation)
                found = _convolve(parts, kernel, self._channels[place][kernel])[: len(rows[row])]
                biases.append(np.quantile(found, quantiles[len(biases)]))
        return np.concatenate(biases).astype(np.float32)

    def _borders(self, n):
        """Where the features of one dilation and kernel end."""
        return np.cumsum(np.repeat(self._counts, len(_KERNELS)))[:-1]

    def _shares(self, x, lengths):
        """The features of joined rows."""
        biases = iter(np.split(self.biases_, self._borders(len(self.biases_))))
        shares = []
        for place, dilation in enumerate(self.dilations_):
            parts, windows = _shifted(x, dilation), _windows(lengths, self.length_, dilation)
            for kernel in range(len(_KERNELS)):
                found = _convolve(parts, kernel, self._channels[place][kernel])
                # Every other kernel sees no step beside which zeros were put in.
                window = windows[(place + kernel) % 2]
                shares.append(_share_above(found, next(biases), *window))
        return np.concatenate(shares).T

    @property
    def _n_features_out(self):
        return len(self.biases_)

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        tags.input_tags.three_d_array = True
        tags.transformer_tags.preserves_dtype = ["float32"]
        return tags


def mini_rocket_baseline(*, regression=False, random_state=None):
    """Make MiniROCKET's features, then ridge with the strength that leave-one-out likes best.

    Parameters
    ----------
    regression : bool, default=False
        Predict numbers instead of classes.
    random_state : int, RandomState or None, default=None

    Returns
    -------
    sklearn.pipeline.Pipeline

    Examples
    --------
    >>> import numpy as np
    >>> from keraseq.baselines import mini_rocket_baseline
    >>> waves = np.sin(np.outer([0.2, 0.3, 2, 2.1], np.arange(50)))
    >>> model = mini_rocket_baseline(random_state=0).fit(waves, ["slow", "slow", "fast", "fast"])
    >>> model.predict(np.sin(np.outer([0.25, 2.2], np.arange(50)))).tolist()
    ['slow', 'fast']
    """
    ridge = RidgeCV if regression else RidgeClassifierCV
    return make_pipeline(
        MiniRocket(random_state=random_state), StandardScaler(), ridge(np.logspace(-3, 3, 10))
    )


def _dilations(length, of_kernel, most):
    """Dilations, exponentially spaced up to the whole length, and how many features each has."""
    largest = np.log2((length - 1) / (_TAPS - 1))
    spaced = np.logspace(0, largest, most, base=2).astype(int)
    dilations, counts = np.unique(spaced, return_counts=True)
    counts = counts * of_kernel // most
    rest = of_kernel - counts.sum()
    counts += rest // len(counts) + (np.arange(len(counts)) < rest % len(counts))
    return dilations, counts


def _join(rows, length):
    """Rows as one array `(channels, length, rows)`, zeros behind the shorter, and their lengths."""
    lengths = np.array([min(len(row), length) for row in rows])
    x = np.zeros((rows[0].shape[1], length, len(rows)), np.float32)
    for place, row in enumerate(rows):
        x[:, : lengths[place], place] = row[:length].T
    return x, lengths


def _shifted(x, dilation):
    """Three times the input under each tap, and minus the sum of what is under all."""
    steps = x.shape[1]
    under = np.zeros((_TAPS, *x.shape), np.float32)
    for tap in range(_TAPS):
        shift = (tap - _TAPS // 2) * dilation
        if abs(shift) < steps:
            to = slice(max(0, -shift), steps - max(0, shift))
            under[tap][:, to] = x[:, max(0, shift) : steps - max(0, -shift)]
    return 3 * under, -under.sum(axis=0)


def _convolve(parts, kernel, channels):
    """The convolution by one kernel, added up over channels: `(steps, rows)`."""
    three_times, minus = parts
    a, b, c = _KERNELS[kernel]
    if len(minus) == 1:
        return minus[0] + three_times[a, 0] + three_times[b, 0] + three_times[c, 0]
    one = three_times[a, channels] + three_times[b, channels] + three_times[c, channels]
    return (one + minus[channels]).sum(axis=0)


def _windows(lengths, steps, dilation):
    """The steps that count, as a slice and a mask, and their number, with and without the ends."""
    reach = _TAPS // 2 * dilation
    if (lengths == steps).all():
        inner = steps - 2 * reach
        return (slice(None), None, steps), (slice(reach, steps - reach), None, inner)
    at = np.arange(steps)[:, None]
    all_of_it = at < lengths
    inside = (at >= reach) & (at < lengths - reach)
    inside = np.where(lengths > 2 * reach, inside, all_of_it)
    return tuple((slice(None), mask, mask.sum(axis=0)) for mask in (all_of_it, inside))


def _share_above(values, biases, steps, mask, n):
    """The share of steps above each bias: `(biases, rows)`."""
    above = values[steps] > biases[:, None, None]
    if mask is not None:
        above &= mask
    return (above.sum(axis=1, dtype=np.int32) / n).astype(np.float32)


def _many(facts):
    """Ridge by leave-one-out takes the cube of the rows."""
    if facts.rows > _MOST_ROWS:
        return f"over {_MOST_ROWS:,} rows it is slower than networks; baselines= may name it"
    return None


@rival("MiniROCKET", tasks=("classification", "multilabel"), kinds=SERIES, by_name=_many)
def _of_classes(facts):
    return mini_rocket_baseline()


@rival("MiniROCKET", tasks=("regression",), kinds=SERIES, by_name=_many)
def _of_numbers(facts):
    return mini_rocket_baseline(regression=True)
