"""Dates in words, and as ISO 8601 writes them."""

import calendar
import datetime

from keraseq._checks import check_integer
from keraseq.datasets._bunch import About, as_bunch

_FIRST, _DAYS = datetime.date(1900, 1, 1), 73_049
_ORDINALS = {1: "1st", 2: "2nd", 3: "3rd", 21: "21st", 22: "22nd", 23: "23rd", 31: "31st"}
_FORMS = (
    "{day} {month} {year}",
    "{month} {day}, {year}",
    "{month} {ordinal}, {year}",
    "the {ordinal} of {month} {year}",
    "{weekday}, {day} {month} {year}",
    "{weekday} the {ordinal} of {month}, {year}",
)
_ABOUT = About(
    "Dates from 1900 to 2099 as people write them in English, in six forms, and as ISO 8601 has "
    "them; generated.",
    "none needed: generated",
    "keraseq",
)


def make_dates(n_samples=1_000, *, random_state=None, return_X_y=False):
    """Generate dates in words, with the same dates in ISO 8601 as targets.

    Parameters
    ----------
    n_samples : int, default=1000
    random_state : int, RandomState or None, default=None
    return_X_y : bool, default=False
        Return `(data, target)` rather than a Bunch.

    Returns
    -------
    sklearn.utils.Bunch
        `data` (list of str), `target` (list of str), `target_names` (None), `subset`, `DESCR`,
        `license`, `citation`.

    Raises
    ------
    ValueError
        If `n_samples` is below 1.

    Examples
    --------
    >>> from keraseq.datasets import make_dates
    >>> make_dates(2, random_state=0, return_X_y=True)
    (['Friday the 29th of November, 2086', '14 April 2019'], ['2086-11-29', '2019-04-14'])
    """
    from sklearn.utils import check_random_state

    draw = check_random_state(random_state)
    n_samples = check_integer("n_samples", n_samples, 1)
    days, forms = draw.randint(_DAYS, size=n_samples), draw.randint(len(_FORMS), size=n_samples)
    dates = [_FIRST + datetime.timedelta(days=int(day)) for day in days]
    data = [_in_words(date, _FORMS[form]) for date, form in zip(dates, forms, strict=True)]
    return as_bunch(_ABOUT, data, [date.isoformat() for date in dates], return_X_y=return_X_y)


def _in_words(date, form):
    return form.format(
        day=date.day,
        ordinal=_ORDINALS.get(date.day, f"{date.day}th"),
        month=calendar.month_name[date.month],
        weekday=calendar.day_name[date.weekday()],
        year=date.year,
    )
