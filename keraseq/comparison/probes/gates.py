"""How open the gates of a recurrent model are."""

import numpy as np
import pandas as pd

from keraseq.comparison.probes._models import as_keras
from keraseq.comparison.probes._stepping import recurrences


def gates(model, X):
    """Return the activation of every gate of every unit at every step.

    LSTM layers have the gates "input", "forget" and "output", GRU layers "update" (1 keeps the
    state as it is, as in Keras) and "reset", the scan of min_gru "update". The layers are walked
    step by step by their cells, with the weights that they have, and the walk is checked against
    the layer's own output.

    Parameters
    ----------
    model : keras.Model or fitted estimator
        With LSTM or GRU layers, bidirectional ones too, or a scan as of min_gru.
    X : array or list
        Sequences: raw for an estimator, encoded for a Keras model. A row takes
        `gates * units` numbers a step.

    Returns
    -------
    DataFrame
        ``row``, ``layer`` (from 1), ``direction`` ("forward" or "backward"), ``gate``, ``step``,
        ``token`` (where the estimator has read text), ``unit``, ``activation`` (0 is shut, 1 is
        open). Padding is left out.

    Raises
    ------
    ValueError
        If the model has no gates.
    RuntimeError
        If the walk differs from the layer.

    References
    ----------
    Karpathy, Johnson & Li (2015). Visualizing and understanding recurrent networks.
    arXiv:1506.02078.

    Examples
    --------
    >>> import numpy as np, keraseq
    >>> from keraseq.comparison.probes import gates
    >>> model = keraseq.gru((None, 2), 3, units=4, seed=0)
    >>> frame = gates(model, np.ones((1, 5, 2), "float32"))
    >>> frame.groupby("gate").size().to_dict()
    {'reset': 20, 'update': 20}
    """
    model, inputs, tokens = as_keras(model, X)
    gated = [recurrence for recurrence in recurrences(model) if recurrence.has_gates]
    if not gated:
        raise ValueError(
            f"{model.name} has no gates; LSTM, GRU and scan layers have, for instance those of "
            "keraseq.lstm, keraseq.gru, keraseq.bilstm and keraseq.min_gru."
        )
    frame = pd.concat(
        [frame for recurrence in gated for frame in _frames(model, recurrence, inputs, tokens)],
        ignore_index=True,
    )
    frame.attrs["model"] = model.name
    return frame


def _frames(model, recurrence, inputs, tokens):
    xs, mask = recurrence.inputs(model, inputs)
    _, before, _ = recurrence.walk(xs, mask)
    rows, steps = np.nonzero(np.array(mask))
    units = before.shape[-1]
    for gate, values in recurrence.gates(xs, before).items():
        frame = pd.DataFrame({"row": np.repeat(rows, units), "layer": recurrence.number})
        frame["direction"], frame["gate"] = recurrence.direction, gate
        frame["step"] = np.repeat(steps, units)
        if tokens is not None:
            frame["token"] = np.repeat(tokens[rows, steps], units)
        frame["unit"] = np.tile(np.arange(units), len(rows))
        frame["activation"] = values[rows, steps].ravel()
        yield frame
