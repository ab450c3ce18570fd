"""A column of a CSV file as dates, or as whole numbers where it counts years or steps."""

import pandas as pd

from keraseq._checks import shown

_TIME = r"(?:[T ,]\s*(?P<time>\d.*))?"
# Each is one way to write a date: y, m, d are year, month, day; a, b, c are in an order to find.
_FORMS = [
    rf"(?P<y>\d{{4}})([-/.])(?P<m>\d{{1,2}})\2(?P<d>\d{{1,2}}){_TIME}",
    rf"(?P<a>\d{{1,2}})([-/.])(?P<b>\d{{1,2}})\2(?P<c>\d{{4}}|\d{{2}}){_TIME}",
    rf"(?P<y>\d{{4}})(?P<m>\d{{2}})(?P<d>\d{{2}}){_TIME}",
    r"(?P<y>\d{4})[-/.](?P<m>\d{2})",
    r"(?P<m>\d{1,2})[-/.](?P<y>\d{4})",
]
_OFFSET = r"\s*(Z|UTC|GMT|[+-]\d\d(?::?\d\d)?)$"
_QUARTER = r"\d{4}[- ]?Q[1-4]"


def read_dates(table, column, *, dayfirst=None, utc=False):
    """Read a column of dates that are all written alike.

    Parameters
    ----------
    table : Table
    column : str
    dayfirst : bool, optional
        Whether 01/02/2024 is in February. By default the only order by which every cell is a date.
    utc : bool, default=False
        Whether dates with an offset are those of UTC whatever the others have.

    Returns
    -------
    Index
        Dates; or whole numbers, of which those like 20240131 are dates. Dates with differing
        offsets from UTC become those of UTC; but where the time of day is the same throughout,
        as with days, the local dates.

    Raises
    ------
    ValueError
        Naming the row, or --dayfirst.
    """
    cells = table.cells[column]
    if (cells == "").any():
        row = (cells == "").idxmax()
        raise ValueError(f"--date {column} is empty in row {row}: fill it, or remove the row.")
    if cells.str.fullmatch(r"[+-]?\d{1,18}").all():
        return _whole_numbers(cells)
    for form in _FORMS:
        if cells.str.fullmatch(form).all():
            parts = cells.str.extract(f"^{form}$")
            days = _in_order(cells, parts, dayfirst) if "a" in parts else _days(parts)
            return _time_line(cells, days, parts.get("time"), utc)
    if cells.str.fullmatch(_QUARTER, case=False).all():
        return pd.PeriodIndex(cells.str.upper().str.replace(" ", ""), freq="Q").to_timestamp()
    return _with_names(cells)


def _whole_numbers(cells):
    for form, digits in (("%Y%m%d", 8), ("%Y%m", 6)):
        if (cells.str.len() == digits).all():
            dates = pd.to_datetime(cells, format=form, errors="coerce")
            if dates.dt.year.between(1800, 2200).all():
                return pd.Index(dates)
    return pd.Index(cells.astype("int64"))


def _days(parts):
    """Year, month and day as text by ISO 8601; two digits of a year are 1969 to 2068."""
    year = parts["y"].mask(parts["y"].str.len() <= 2, "20" + parts["y"].str.zfill(2))
    year = year.mask((parts["y"].str.len() <= 2) & (year > "2068"), "19" + year.str[2:])
    day = parts["d"] if "d" in parts else pd.Series("1", parts.index)
    return year + "-" + parts["m"].str.zfill(2) + "-" + day.str.zfill(2)


def _in_order(cells, parts, dayfirst):
    """The days in the only order that makes every cell a date."""
    orders = {None: ["dmy", "mdy", "ymd"], True: ["dmy"], False: ["mdy"]}[dayfirst]
    days = {
        order: _days(parts.rename(columns=dict(zip("abc", order, strict=True)))) for order in orders
    }
    dates = {
        order: pd.to_datetime(d, format="%Y-%m-%d", errors="coerce") for order, d in days.items()
    }
    possible = [order for order in orders if dates[order].notna().all()]
    if not possible:
        best = min(orders, key=lambda order: dates[order].isna().sum())
        _refuse(cells, dates[best].isna())
    first = possible[0]
    for other in possible[1:]:
        differs = dates[first] != dates[other]
        if differs.any():
            row = differs.idxmax()
            said = " or ".join(dates[order][row].strftime("%d %B %Y") for order in possible)
            raise ValueError(
                f"--date {cells.name}: row {row} holds {cells[row]!r}, which is {said}, and no "
                "other row tells: say which with --dayfirst or --no-dayfirst."
            )
    return days[first]


def _time_line(cells, days, time, utc):
    if time is None or time.isna().all():
        return _index(cells, days)
    time = time.fillna("00:00").str.strip().str.replace(",", ".")
    offset = time.str.extract(_OFFSET)[0]
    local = _index(cells, days + " " + time.str.replace(_OFFSET, "", regex=True))
    if offset.nunique(dropna=False) == 1 and not (utc and offset.notna().all()):
        return local
    if offset.isna().any():
        _refuse(cells, offset.isna() if offset.notna().iloc[0] else offset.notna())
    hours = offset.replace(["Z", "UTC", "GMT"], "+00").str.replace(":", "").str.ljust(5, "0")
    ahead = hours.str[:3] + ":" + hours.str[3:] + ":00"
    instants = (local - pd.to_timedelta(ahead).to_numpy()).tz_localize("UTC")
    if utc:
        return instants
    has_one_hour = (local - local.normalize()).nunique() == 1
    return local if has_one_hour and local.nunique() == instants.nunique() else instants


def _index(cells, texts):
    dates = pd.to_datetime(texts, format="mixed", errors="coerce")
    if dates.isna().any():
        _refuse(cells, dates.isna())
    return pd.DatetimeIndex(dates)


def _with_names(cells):
    """Dates with the month in words, which must have all four digits of the year."""
    is_whole = cells.str.contains("[A-Za-z]{3}") & cells.str.contains(r"(?<!\d)\d{4}(?!\d)")
    dates = pd.to_datetime(cells.where(is_whole), format="mixed", errors="coerce", utc=True)
    if dates.isna().any():
        _refuse(cells, dates.isna())
    return pd.DatetimeIndex(dates).tz_localize(None)


def _refuse(cells, strange):
    """Name the first row that is strange, beside one that is not."""
    alike = [cells.str.fullmatch(form) for form in (*_FORMS, _QUARTER)]
    usual = max(alike, key=lambda fits: fits.sum())
    if usual.any() and not usual.all():
        strange = ~usual
    row, others = strange.idxmax(), cells[usual & ~strange]
    said = "" if others.empty else f", unlike row {others.index[0]} ({others.iloc[0]!r})"
    raise ValueError(
        f"--date {cells.name} does not hold dates throughout: row {row} has "
        f"{shown(cells[row])}{said}. Write all dates alike and years in four digits, such as "
        "2024-01-31 or 2024-01-31 18:00."
    )
