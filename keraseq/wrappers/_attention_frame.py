"""What a decoder looked at, as a frame."""

import numpy as np
import pandas as pd


def attention_frame(weights, written, read):
    """A row for each token written and each step read, in the columns of the attention probe.

    Parameters
    ----------
    weights : ndarray `(tokens, steps)`
    written : list of str
    read : list of str or None
        None where the steps have no names.
    """
    query, key = (axis.ravel() for axis in np.indices(weights.shape))
    frame = pd.DataFrame({"row": 0, "layer": 1, "head": 1, "query": query, "key": key})
    frame["query_token"] = [written[i] for i in query]
    frame["key_token"] = [str(i) if read is None else read[i] for i in key]
    return frame.assign(weight=weights.ravel())


def token_words(encoder, ids):
    """Each id as it reads; of blanks and parts of signs what the vocabulary has."""
    if not len(ids):
        return []
    found = encoder.inverse_transform([[i] for i in ids])
    return [
        (text if isinstance(text, str) else " ".join(map(str, text))).strip() or repr(text)
        for text in found
    ]
