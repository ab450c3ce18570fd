"""Polars frames as pandas', and back, without pyarrow."""

import pandas as pd


def is_polars(y):
    """Whether this is anything of Polars."""
    return type(y).__module__.partition(".")[0] == "polars"


def from_polars(y, argument="y"):
    """A Polars frame or column as pandas', and its class; anything else as it is, and None."""
    if not is_polars(y):
        return y, None
    refuse_lazy(y, argument)
    if not hasattr(y, "columns"):
        return y.to_numpy(), None
    return pd.DataFrame({name: _column(y[name]) for name in y.columns}), type(y)


def refuse_lazy(y, argument="y"):
    """Refuse a frame that has not been read yet."""
    if is_polars(y) and hasattr(y, "collect"):
        raise TypeError(f"{argument} is a Polars LazyFrame; give {argument}.collect().")


def _column(column):
    zone = getattr(column.dtype, "time_zone", None)
    values = pd.Series(column.to_numpy())
    return (
        values
        if zone is None
        else pd.Series(pd.DatetimeIndex(values).tz_localize("UTC").tz_convert(zone))
    )


def to_polars(frame, polars):
    """A pandas frame as a Polars frame of this class; column pairs are joined by "_"."""
    names = [
        column if isinstance(column, str) else "_".join(str(part) for part in column if part != "")
        for column in frame.columns
    ]
    twice = [name for name in names if names.count(name) > 1]
    if twice:
        raise ValueError(f"Two columns of the answer would be named {twice[0]!r}; rename one of y.")
    made = {}
    for name, place in zip(names, range(frame.shape[1]), strict=True):
        values = frame.iloc[:, place]
        zone = getattr(values.dtype, "tz", None)
        if zone is not None:
            made[name] = (
                polars({name: values.dt.tz_convert("UTC").dt.tz_localize(None).to_numpy()})[name]
                .dt.replace_time_zone("UTC")
                .dt.convert_time_zone(str(zone))
            )
        else:
            made[name] = values.to_numpy()
            if made[name].dtype == "M8[s]":  # what pandas makes of days
                made[name] = made[name].astype("M8[D]")
    return polars(made)
