"""Raw arrays to `(batch, time, channels)` and a mask: one stem a file."""

from collections.abc import Mapping

from keraseq.stems._stem import Encoded, Stem, whole_reading
from keraseq.stems.forecast_stem import ForecastStem
from keraseq.stems.pair_stem import PairStem
from keraseq.stems.series_stem import SeriesStem
from keraseq.stems.token_stem import TOKEN_EMBEDDING, TokenStem

STEMS = {stem.name: stem for stem in (TokenStem, SeriesStem, ForecastStem, PairStem)}

__all__ = [
    "STEMS",
    "TOKEN_EMBEDDING",
    "Encoded",
    "ForecastStem",
    "PairStem",
    "SeriesStem",
    "Stem",
    "TokenStem",
    "make_stem",
    "whole_reading",
]


def make_stem(
    task,
    input_shape,
    outputs,
    *,
    vocabulary_size=None,
    channels=None,
    skip_steps=None,
    tie_embedding=None,
    normalize=True,
    has_phase=False,
    **settings,
):
    """Choose the stem of a task and an input, and check what it is asked for.

    Parameters
    ----------
    task : Task
    input_shape, outputs, vocabulary_size, channels, skip_steps, tie_embedding : as of the builders
    normalize : bool, default=True
        Of a forecast's history.
    has_phase : bool, default=False
        Whether a forecast's place in the season goes along.
    **settings
        embedding_dim, embedding_dropout, token_dropout, ngrams, patch_length, patch_stride.

    Returns
    -------
    Stem

    Raises
    ------
    ValueError, TypeError
        For an argument that this stem has no use for, or out of range.
    """
    if tie_embedding and vocabulary_size is None:
        raise ValueError(f"tie_embedding={tie_embedding!r} is for token ids, with vocabulary_size.")
    if PairStem.serves(task):
        _refuse_of_forecasts(task, channels=channels, skip_steps=skip_steps)
        settings["tie_embedding"] = tie_embedding or None
        return PairStem.make(task, input_shape, vocabulary_size, **settings)
    if isinstance(input_shape, Mapping):
        if vocabulary_size is not None or not ForecastStem.serves(task):
            raise ValueError(
                f"input_shape={input_shape!r} has covariates, which forecasts of numbers read and "
                f"task={task.name!r} does not."
            )
    else:
        input_shape = (
            tuple(input_shape) if isinstance(input_shape, tuple | list) else (input_shape,)
        )
    if ForecastStem.serves(task):
        if vocabulary_size is not None:
            raise ValueError(
                f"vocabulary_size={vocabulary_size!r} is for token ids; a forecast reads numbers."
            )
        settings = {**settings, "normalize": normalize, "has_phase": has_phase}
        settings |= {"channels": channels, "skip_steps": skip_steps}
        return ForecastStem.make(input_shape, outputs, **settings)
    _refuse_of_forecasts(task, channels=channels, skip_steps=skip_steps)
    if vocabulary_size is not None:
        settings["tie_embedding"] = tie_embedding
        return TokenStem.make(task, input_shape, vocabulary_size, **settings)
    return SeriesStem.make(task, input_shape, **settings)


def _refuse_of_forecasts(task, **settings):
    for name, value in settings.items():
        if value is not None:
            raise ValueError(f"{name}={value!r} is for forecasting; got task={task.name!r}.")
