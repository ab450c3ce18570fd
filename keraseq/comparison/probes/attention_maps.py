"""What the attention heads of a model look at."""

import keras
import numpy as np
import pandas as pd
from keras import layers, tree

from keraseq.comparison.probes._graph import inputs_of
from keraseq.comparison.probes._models import as_keras


def attention_maps(model, X):
    """Return how much each step attends to each other step, by layer and head.

    Attention is what a head reads, not why the model answers as it does: for that see
    :func:`keraseq.comparison.probes.attribution`.

    Parameters
    ----------
    model : keras.Model or fitted estimator
        With MultiHeadAttention layers.
    X : array or list
        Sequences: raw for an estimator, encoded for a Keras model. Few and short ones: a row of n
        steps gives n * n lines for each head.

    Returns
    -------
    DataFrame
        ``row``, ``layer`` (from 1), ``head`` (from 1), ``query`` and ``key`` (steps),
        ``query_token`` and ``key_token`` (where the estimator has read text), ``weight``. The
        weights of a query sum to one; padding is left out.

    Raises
    ------
    ValueError
        If the model has no attention.
    RuntimeError
        If a layer, called for its weights, gives another output than within the model.

    References
    ----------
    Vaswani et al. (2017). Attention is all you need. NeurIPS, arXiv:1706.03762. Jain & Wallace
    (2019). Attention is not explanation. NAACL, arXiv:1902.10186.

    Examples
    --------
    >>> import numpy as np, keraseq
    >>> from keraseq.comparison.probes import attention_maps
    >>> model = keraseq.transformer((None, 2), 3, units=8, num_heads=2, seed=0)
    >>> frame = attention_maps(model, np.ones((1, 5, 2), "float32"))
    >>> len(frame), round(float(frame.groupby(["head", "query"])["weight"].sum().max()), 4)
    (50, 1.0)
    """
    model, inputs, tokens = as_keras(model, X)
    attention = [lay for lay in model.layers if isinstance(lay, layers.MultiHeadAttention)]
    if not attention:
        raise ValueError(
            f"{model.name} has no attention; MultiHeadAttention layers have, for instance those "
            "of keraseq.transformer."
        )
    frames = [
        _frame(*_weights(model, layer, inputs), tokens).assign(layer=number)
        for number, layer in enumerate(attention, start=1)
    ]
    columns = ["row", "layer", "head", "query", "key"]
    columns += [] if tokens is None else ["query_token", "key_token"]
    frame = pd.concat(frames, ignore_index=True)[[*columns, "weight"]]
    frame.attrs["model"] = model.name
    return frame


def _weights(model, layer, inputs):
    """Return the weights `(batch, heads, queries, keys)`, and which keys are no padding."""
    query, value, *_ = tree.flatten(layer.input)
    mask = inputs_of(layer)[1]
    tensors = [query, value, layer.output] + ([] if mask is None else [mask])
    query, value, expected, *mask = keras.Model(model.inputs[0], tensors)(inputs, training=False)
    mask = mask[0] if mask else None
    causal = layer._inbound_nodes[0].arguments.kwargs.get("use_causal_mask", False)
    output, weights = layer(
        query,
        value,
        attention_mask=mask,
        return_attention_scores=True,
        use_causal_mask=causal,
    )
    gap = np.abs(np.array(output) - np.array(expected)).max()
    if gap > (1e-4 if layer.compute_dtype == "float32" else 2e-2):
        raise RuntimeError(
            f"{layer.name}, called for its weights, differs by {gap:.2g} from what it gives within "
            "the model; this probe knows layers called as layer(query, value, attention_mask=...)."
        )
    weights = np.array(weights)
    seen = np.ones((len(inputs), weights.shape[-1]), bool) if mask is None else np.array(mask)
    return weights, seen.reshape(len(inputs), -1, weights.shape[-1]).any(axis=1)


def _frame(weights, real, tokens):
    square = weights.shape[2] == weights.shape[3]
    # Of self-attention the queries are the steps that the keys are.
    queries = real[:, :, None] if square else np.ones((*real.shape[:1], weights.shape[2], 1), bool)
    shown = np.broadcast_to((queries & real[:, None])[:, None], weights.shape)
    rows, heads, query, key = np.nonzero(shown)
    frame = pd.DataFrame({"row": rows, "head": heads + 1, "query": query, "key": key})
    if tokens is not None:
        frame["query_token"], frame["key_token"] = tokens[rows, query], tokens[rows, key]
    return frame.assign(weight=weights[shown])
