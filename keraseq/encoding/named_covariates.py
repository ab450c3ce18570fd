"""Covariates that are columns of the series' own frame."""

import pandas as pd
from pandas.api.types import is_scalar

from keraseq.encoding.series_columns import (
    Columns,
    are_labels,
    are_names,
    column_names,
    join,
    part,
    refuse_places,
    take,
)


class NamedCovariates:
    """What `fit` was told to take from columns of y, by their names.

    Parameters
    ----------
    given : dict
        "past", "future" and "static" as `fit` got them: values, or names of columns.
    columns : Columns
        Of y.
    y : as `fit` got it

    Attributes
    ----------
    names : dict of str to list of str
        The kinds that were named, with their columns.
    """

    def __init__(self, given, columns, y):
        self.names = {
            kind: column_names(value, kind)
            for kind, value in given.items()
            # A column may be called None.
            if value is not None
            and (
                are_names(value)
                # What is static of series without ids is a value each.
                or ((kind != "static" or columns.is_long) and are_labels(value, y))
            )
        }
        self._columns = columns

    def part(self, y, given):
        """Return the series, and each kind of covariates; what y holds need not be given again."""
        for kind in {"past", "future"} - set(self.names):
            refuse_places(given[kind], y, kind)
        y, held = part(y, self._columns, self.names)
        given = {kind: self.chosen(kind, value) for kind, value in given.items()}
        for kind, covariates in held.items():
            if given[kind] is None:
                given[kind] = covariates
            elif kind == "future":
                given[kind] = join(covariates, given[kind], self._columns)
        return y, given

    def chosen(self, kind, given):
        """Of covariates that were columns of y, those alone; None for their names once more."""
        names = self.names.get(kind)
        if names is None or given is None:
            return given
        if are_names(given) or _are_scalars(given):
            if column_names(given, kind) != names:
                raise ValueError(f"{kind}={given!r}; training had {names}. Leave it out.")
            return None
        columns = self._columns
        if kind == "static":
            has_ids = set(columns.ids) <= set(getattr(given, "columns", ()))
            columns = Columns(columns.series) if has_ids else Columns()
        return take(given, columns, names, kind)


def _are_scalars(given):
    return is_scalar(given) or (
        isinstance(given, list | tuple | pd.Index) and all(map(is_scalar, given))
    )
