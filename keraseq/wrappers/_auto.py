"""What "auto" means: the one table of settings that depend on kind and amount of data."""

import math

# Rows from which a part is held back for early stopping. Below it every row is worth more in
# training than as a judge of when to stop, and a fixed number of epochs serves as well.
_HOLD_BACK_FROM = {"text": 10_000, "tokens": 10_000, "series": 200}
_TEXT_EPOCHS = 5
_SERIES_STEPS = 1_500


def resolve_auto(kind, n_rows):
    """Return the settings that a fit of `n_rows` sequences of this kind uses by default.

    Parameters
    ----------
    kind : {"text", "words", "tokens", "series"}
    n_rows : int
        Rows given to `fit`, the validation part included.

    Returns
    -------
    dict
        units, dropout, max_tokens, max_length, epochs, batch_size, learning_rate, early_stopping.
    """
    kind = "text" if kind == "words" else kind
    held_back = n_rows >= _HOLD_BACK_FROM[kind]
    shared = {
        "units": 64,
        "dropout": 0.0,
        "batch_size": 32,
        "early_stopping": held_back,
    }
    if kind == "series":
        steps = math.ceil(n_rows / 32)
        epochs = min(120, max(30, math.ceil(_SERIES_STEPS / steps)))
        return {**shared, "epochs": epochs, "learning_rate": 0.01}
    return {
        **shared,
        "max_tokens": 20_000,
        "max_length": 400,
        "epochs": _TEXT_EPOCHS,
        "learning_rate": 0.004 if held_back else 0.01,
    }
