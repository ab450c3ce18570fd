"""What is forecast from is like what was learned from."""

import math

from keraseq.encoding.date_steps import DateStep
from keraseq.encoding.forecast_data import places

# Of two steps that are one, such as a month and 30 days; four weeks are no month.
_SLACK = 0.05
_FORMS = {
    "one": "a single series",
    "list": "a list of series",
    "long": "a long frame",
}


def check_series(panel, trained):
    """Raise unless the series are of training's form and columns, and known by their ids."""
    if panel.form != trained.form:
        raise TypeError(
            f"y must have the form of training, which was {_FORMS[trained.form]}; this is "
            f"{_FORMS[panel.form]}."
        )
    check_columns(panel.series[0], trained.series[0])
    unseen = [key for key in panel.ids or () if key not in set(trained.ids)]
    if unseen:
        raise ValueError(
            f"y has {len(unseen)} series that training had not: {unseen[:5]!r}. Fit on them "
            "too; or fit on a list of series, which has no ids, and give theirs as a list."
        )


def check_columns(given, first):
    """Raise unless a series has as many columns as training's first one, and their names."""
    if first.values.shape[1] != given.values.shape[1]:
        raise ValueError(
            f"y has {given.values.shape[1]} columns; training had {first.values.shape[1]}."
        )
    if hasattr(first.like, "columns") and given.targets != first.targets:
        raise ValueError(
            f"y has the columns {given.targets}; training had {first.targets}, which must come "
            "in the same order."
        )


def check_steps(panel, trained):
    """Raise for a series with other steps than training's of its id, or than all of a list's."""
    known = places(panel, trained)
    for place, series in enumerate(panel.series):
        own = trained.series if known is None else [trained.series[known[place]]]
        check_step(series, own, panel.name(place))


def check_step(given, trained, name="y"):
    """Raise where the rows of a series lie nearer or farther apart than those of training's.

    However steps are written: a month is one from end to end or from first day to first day.
    """
    alike = [one for one in trained if _are_of_one_kind(one, given)]
    if not alike or any(_have_one_step(one, given) for one in alike):
        return
    step, known = (one.step.in_words(one.index) for one in (given, alike[0]))
    raise ValueError(
        f"{name} has steps of {step}; training had steps of {known}, and a forecast goes on in "
        f"those. Bring {name} to them, such as by resample, or fit on what has its steps."
    )


def _are_of_one_kind(one, other):
    """Whether the steps of two series can be compared: both of dates, or both of numbers."""
    dated = one.is_dated and other.is_dated and one.has_dates == other.has_dates
    return dated and None not in (one.step, other.step)


def _have_one_step(one, other):
    if isinstance(one.step, DateStep) and one.step == other.step:
        return True
    slack = _SLACK if one.has_dates else 0
    return math.isclose(*(of.step.length(of.index) for of in (one, other)), rel_tol=slack)


def check_known_ahead(data, n):
    """Raise unless covariates of the future are known for n steps behind the series."""
    for place, (values, length) in enumerate(zip(data.future, data.lengths(), strict=True)):
        known = len(values) - length
        if known < n:
            ahead = data.panel.series[place].index_ahead(n)
            raise ValueError(
                f"{data.panel.name(place, 'future')} is not known from {ahead[known]} to "
                f"{ahead[-1]}; give these rows as future=."
            )
