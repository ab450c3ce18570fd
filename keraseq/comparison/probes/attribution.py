"""Which steps made the model answer as it did."""

import warnings

import numpy as np
import pandas as pd
from keras import ops
from sklearn.utils import check_random_state

from keraseq._checks import check_choice, check_integer
from keraseq.comparison.probes._explained import explain_forecast, explain_rows
from keraseq.comparison.probes._tensorflow import gradients
from keraseq.wrappers.sequence_forecaster import SequenceForecaster

_BATCH = 512
_CUTS = 20


def attribution(
    model,
    X=None,
    *,
    past=None,
    future=None,
    static=None,
    output=None,
    baseline="zeros",
    n_points=64,
    n_orders=20,
    tolerance=0.05,
    random_state=0,
):
    """Share a model's answer out among the steps, by integrated gradients.

    The gradient is integrated along the straight way from a baseline to the sequence, and a
    step's attribution is its part of what the output gains on that way. Two checks come with it:
    the attributions sum to that gain (completeness), and hiding steps in the order of their
    attribution lowers the output faster than hiding them in random order does (deletion).

    Of a forecaster the forecast is explained, the naive one's share in it included.

    Parameters
    ----------
    model : keras.Model or fitted estimator
        Any that begins with :class:`keraseq.Padding`, as all that keraseq builds do.
    X : array, list or series
        Sequences: raw for an estimator, encoded for a Keras model. For a forecaster a history, as
        of its `predict`; the end of the training series by default.
    past, future, static : optional
        Of a forecaster, as of its `predict`. Covariates of the past are part of the steps; what
        is known ahead, and of the series, stays as it is.
    output : int or tuple, optional
        The place in a row's output, such as a class, to explain; (step, tag) of a tagger. Each
        row's largest by default. Of a forecast the step ahead, from 1, or a tuple of it and the
        target: the next step of the first target by default.
    baseline : {"zeros", "unknown"}, default="zeros"
        What stands for a step that says nothing: zeros, which are the training mean of an
        estimator's scaled numbers (of tokens an embedding of zeros); or the embedding of the
        unknown token, id 1.
    n_points : int, default=64
        Points of the integral (Gauss-Legendre).
    n_orders : int, default=20
        Random orders of the deletion check.
    tolerance : float, default=0.05
        Largest gap of completeness without a warning, as a share of the gain.
    random_state : int, RandomState or None, default=0
        Of the random orders.

    Returns
    -------
    DataFrame
        ``row``, ``step``, ``token`` (where the estimator has read text), ``series`` and ``date``
        (of a forecaster's), ``output`` (the place that is explained), ``output_name`` (the class,
        or the target and its date, where they are known), ``attribution`` (of a forecast in the
        target's units). Padding is left out. Its ``attrs`` hold the checks, means over the rows:
        ``completeness_gap`` (largest over the rows), ``deletion_area`` and
        ``random_area`` (under the curves of the output against the share of hidden steps; below
        random is good), and ``deletion``, these curves: ``hidden``, ``attribution``, ``random``.

    Raises
    ------
    ValueError, TypeError
        For a model or an X that it cannot read, or an output that is not there.
    RuntimeError
        Under another backend than TensorFlow.

    Warns
    -----
    UserWarning
        If the completeness gap is above `tolerance`.

    References
    ----------
    Sundararajan, Taly & Yan (2017). Axiomatic attribution for deep networks. ICML,
    arXiv:1703.01365. Deletion: Petsiuk, Das & Saenko (2018). RISE. BMVC, arXiv:1806.07421.

    Examples
    --------
    >>> import numpy as np, keraseq
    >>> from keraseq.comparison.probes import attribution
    >>> model = keraseq.gru((None, 1), 1, task="regression", units=4, seed=0)
    >>> X = np.random.default_rng(0).normal(size=(2, 6, 1)).astype("float32")
    >>> frame = attribution(model, X, n_orders=5)
    >>> len(frame), frame.attrs["completeness_gap"] < 0.05
    (12, True)
    """
    n_points = check_integer("n_points", n_points, 1)
    n_orders = check_integer("n_orders", n_orders, 1)
    check_choice("baseline", baseline, ("zeros", "unknown"))
    covariates = {"past": past, "future": future, "static": static}
    if isinstance(model, SequenceForecaster):
        explained = explain_forecast(model, X, covariates.values(), baseline)
    else:
        _refuse_covariates(covariates)
        explained = explain_rows(model, X, baseline)
    answer = _Answer(explained, output)
    shares, gap = _integrate(answer, n_points)
    if gap > tolerance:
        warnings.warn(
            f"The attributions miss the output's gain by up to {gap:.1%}; raise n_points, which "
            f"is {n_points}.",
            stacklevel=2,
        )
    frame = _frame(explained, answer, shares)
    frame.attrs["model"] = explained.name
    frame.attrs["completeness_gap"] = gap
    frame.attrs.update(_deletion(answer, shares, n_orders, check_random_state(random_state)))
    return frame


def _refuse_covariates(covariates):
    for name, given in covariates.items():
        if given is not None:
            raise ValueError(f"{name} is for a SequenceForecaster; leave it out.")


def _frame(explained, answer, shares):
    rows, steps = np.nonzero(explained.real)
    frame = pd.DataFrame({"row": rows, "step": steps})
    for name, values in explained.columns.items():
        frame[name] = values[rows, steps]
    if "date" in frame:
        frame["date"] = frame["date"].infer_objects()
    frame["output"] = [answer.places[row] for row in rows]
    names = [answer.name(row) for row in range(len(explained.values))]
    if names and names[0] is not None:
        frame["output_name"] = [names[row] for row in rows]
    frame["attribution"] = shares[rows, steps]
    return frame


class _Answer:
    """The number that is explained, as a function of the steps.

    Attributes
    ----------
    values, baseline : ndarray `(rows, time, channels)`
    real : bool ndarray `(rows, time)`
    places : list
        Of each row the place in the output.
    """

    def __init__(self, explained, output):
        self._explained = explained
        self.values, self.real = explained.values, explained.real
        self.baseline = np.zeros_like(self.values) + explained.nothing
        self.baseline = self.baseline.astype(self.values.dtype)
        outputs = self._predict([self.values, *explained.beside])
        self.places, self._flat = explained.answer.choose(outputs, output)

    def __call__(self, values, rows):
        """Return a number for each of `values`, which stand in place of the given rows."""
        parts = [ops.convert_to_tensor(part) for part in self._parts(values, rows)]
        outputs = self._explained.rest(_one_or_list(parts), training=False)
        outputs = ops.reshape(outputs, (len(rows), -1))
        return ops.take_along_axis(outputs, self._flat[rows][:, None], axis=1)[:, 0]

    def numbers(self, values, rows):
        """The same as an array, in the user's units, without a gradient."""
        outputs = self._predict(self._parts(values, rows)).reshape(len(rows), -1)
        numbers = outputs[np.arange(len(rows)), self._flat[rows]]
        return self._explained.answer.in_units(numbers, rows)

    def unit(self, rows):
        return self._explained.answer.unit(rows)

    def name(self, row):
        return self._explained.answer.name(row, self.places[row])

    def _predict(self, parts):
        # A call, since `predict` would trace each cut model anew for every size of batch.
        batches = [
            ops.convert_to_numpy(self._explained.rest(_one_or_list(batch), training=False))
            for batch in _batches(*parts)
        ]
        return np.concatenate(batches)

    def _parts(self, values, rows):
        return [values, *(part[rows] for part in self._explained.beside)]


def _one_or_list(parts):
    return list(parts) if len(parts) > 1 else parts[0]


def _integrate(answer, n_points):
    """Return the attributions `(rows, time)`, and the largest gap of completeness."""
    points, weights = np.polynomial.legendre.leggauss(n_points)
    n_rows = len(answer.values)
    every = np.arange(n_rows)
    way = answer.values - answer.baseline
    shares = np.zeros(answer.real.shape)
    for rows, place in _batches(np.repeat(every, n_points), np.tile(np.arange(n_points), n_rows)):
        share = (points[place, None, None] + 1) / 2
        values = (answer.baseline[rows] + share * way[rows]).astype(way.dtype)
        (gradient,) = gradients(lambda x, rows=rows: (ops.sum(answer(x, rows)), [x]), values)
        parts = weights[place, None] / 2 * (gradient * way[rows]).sum(axis=-1)
        np.add.at(shares, rows, parts * np.reshape(answer.unit(rows), (-1, 1)))
    gain = answer.numbers(answer.values, every) - answer.numbers(answer.baseline, every)
    size = np.maximum(np.abs(gain), np.abs(shares).sum(axis=1))
    gaps = np.abs(shares.sum(axis=1) - gain) / np.maximum(size, np.finfo(np.float32).tiny)
    return shares, float(gaps.max())


def _deletion(answer, shares, n_orders, generator):
    """Hide more and more steps, by attribution and in random orders; see what remains."""
    orders = np.stack([-shares, *generator.uniform(size=(n_orders, *shares.shape))])
    hidden, (first, *others) = _curves(answer, orders)
    curves = {"attribution": first, "random": np.mean(others, axis=0)}
    areas = {name: float((curve[1:] + curve[:-1]).mean() / 2) for name, curve in curves.items()}
    return {
        "deletion_area": areas["attribution"],
        "random_area": areas["random"],
        "deletion": {"hidden": hidden.tolist(), **{n: c.tolist() for n, c in curves.items()}},
    }


def _curves(answer, orders):
    """The mean output while steps are hidden by rising keys `(orders, rows, time)`.

    Returns
    -------
    hidden : ndarray `(points,)`
        Share of the steps.
    curves : ndarray `(orders, points)`
    """
    lengths = answer.real.sum(axis=1)
    ranks = np.where(answer.real, orders, np.inf).argsort(axis=-1).argsort(axis=-1)
    hidden = np.linspace(0, 1, min(_CUTS, int(lengths.max())) + 1)
    counts = np.rint(hidden[:, None] * lengths)
    outputs = np.empty((len(orders), *counts.shape))
    for order, point, row in _batches(*(index.ravel() for index in np.indices(outputs.shape))):
        hide = ranks[order, row] < counts[point, row, None]
        values = np.where(hide[..., None], answer.baseline[row], answer.values[row])
        outputs[order, point, row] = answer.numbers(values, row)
    return hidden, outputs.mean(axis=-1)


def _batches(*arrays):
    """Equal stretches of arrays of one length."""
    for start in range(0, len(arrays[0]), _BATCH):
        yield tuple(array[start : start + _BATCH] for array in arrays)
