"""The pieces of scripts that read histories and forecast what follows."""

from keraseq.export._script import Piece

_PANDAS = ("import pandas as pd",)
ELAPSED = '.tz_localize("UTC").tz_convert(dates.tz)'

LENGTHS = Piece(
    """\
HORIZON, LOOKBACK = SETTINGS["lengths"]["horizon"], SETTINGS["lengths"]["lookback"]
"""
)
# The labels of rows, and those that follow.
LABELS_OF_ARRAYS = Piece(
    '''\
def labels_of(history, n):
    """The numbers of a history's rows, and of the n that follow."""
    return range(len(history)), range(len(history), len(history) + n)
'''
)
LABELS_OF_NUMBERS = Piece(
    '''\
def labels_of(history, n):
    """The labels of a history without gaps, and the n that follow."""
    index, step = history.index, SETTINGS["step"]["n"]
    is_period = isinstance(index, pd.PeriodIndex)
    codes = index.asi8 if is_period else index.to_numpy()
    codes = np.arange(codes[0], codes[-1] + step * n + 1, step)
    both = pd.PeriodIndex.from_ordinals(codes, freq=index.freq) if is_period else pd.Index(codes)
    return both[: len(both) - n].rename(index.name), both[len(both) - n :].rename(index.name)
''',
    _PANDAS,
    "pandas",
)


def labels_of_dates(is_period, zone):
    """Of dates or periods of a day; `zone` is the code that gives dates their zone, if any."""
    dates = "history.index.to_timestamp()" if is_period else "history.index"
    wall = "dates.tz_convert(None)" if zone == ELAPSED else "dates.tz_localize(None)"
    like = "\n    both = both.to_period(history.index.freq)" if is_period else ""
    return Piece(
        f'''\
STEP = getattr(pd.offsets, SETTINGS["step"]["name"])
STEP = STEP(SETTINGS["step"]["n"], **SETTINGS["step"]["settings"])


def labels_of(history, n):
    """The dates of a history without gaps, and the n that follow."""
    dates, name = {dates}, history.index.name
    wall = {wall}
    every = pd.date_range(wall[0], wall[-1], freq=STEP)
    ahead = pd.date_range(wall[-1], periods=n + 2, freq=STEP)
    both = every.append(ahead[ahead > wall[-1]][:n]).as_unit(dates.unit){zone}{like}
    return both[: len(every)].rename(name), both[len(every) :].rename(name)
''',
        _PANDAS,
        "pandas",
    )


def zone_code(step):
    """How the dates of a DateStep get their zone back."""
    if step.elapsed:
        return ELAPSED
    rule, first = step.zone_rule
    nonexistent = f'"{rule}"' if isinstance(rule, str) else "pd.Timedelta(hours=1)"
    return f"\n    both = both.tz_localize(dates.tz, np.full(len(both), {first}), {nonexistent})"


def calendar(features, is_period):
    """What dates themselves say, of a CalendarFeatures."""
    dates = "labels.to_timestamp()" if is_period else "labels.tz_localize(None)"
    day = "*waves[0], " if features.time_of_day else ""
    week = "*np.eye(7)[dates.day_of_week].T, " if features.day_of_week else ""
    return Piece(
        f'''\
def calendar(labels):
    """What the dates say themselves, by the clock on the wall: waves of day and year, weekdays."""
    dates = {dates}
    of_day = (dates - dates.normalize()) / pd.Timedelta(days=1)
    of_year = (dates.day_of_year - 1 + of_day) / (365 + dates.is_leap_year)
    angles = [np.outer([1, 2], 2 * np.pi * np.asarray(share)) for share in (of_day, of_year)]
    waves = [[wave(angle) for angle in both for wave in (np.sin, np.cos)] for both in angles]
    return np.stack([{day}{week}*waves[1]], axis=1)
'''
    )


# Which series it is, and how it is scaled.
OWN_SCALING = Piece(
    '''\
def settings_of(values):
    """A history's own level and spread, as in training."""
    centre, spread = np.nanmean(values, axis=0), np.nanstd(values, axis=0)
    level = np.where(centre == 0, 1.0, np.abs(centre))
    return {"centre": centre, "scale": np.where(spread <= 1e-12 * level, level, spread)}
'''
)
KNOWN_SERIES = Piece(
    '''\
def settings_of(series):
    """Level, spread and what else training knew of a series by its name."""
    known = {json.dumps(one["id"]): one for one in SETTINGS["series"]}
    if json.dumps(series) not in known:
        raise ValueError(f"series={series!r} was not in training; some are {list(known)[:5]}.")
    return known[json.dumps(series)]
'''
)

# Rows as a network reads them.
COVARIATES = Piece(
    '''\
def covariates(kind, given, labels):
    """The scaled covariates of all these rows, by their labels where a frame is given."""
    names, (centre, scale) = SETTINGS[kind]["columns"], SETTINGS[kind]["scaling"]
    given = given.loc[labels, names] if hasattr(given, "loc") else given
    values = np.asarray(given, float).reshape(len(labels), len(names))
    return (values - centre) / scale
'''
)
STATIC = Piece(
    '''\
def encode_static(given):
    """Numbers of a dict of what never changes; an unknown category is all zeros."""
    if not isinstance(given, dict):  # such numbers already
        return given
    numbers = [(given[one["name"]] - one["mean"]) / one["scale"] for one in SETTINGS["numbers"]]
    for one in SETTINGS["categories"]:
        numbers += [float(given[one["name"]] == value) for value in one["values"]]
    return numbers
'''
)
FILLED = Piece(
    '''\
def filled(rows):
    """A line across each gap; before the first value and behind the last, that value."""
    steps, known = np.arange(len(rows)), ~np.isnan(rows)
    return np.stack([np.interp(steps, steps[k], c[k]) for c, k in zip(rows.T, known.T)], axis=1)
'''
)
PHASE_OF_ARRAYS = Piece(
    '''\
def phase_of(every):
    """Where in the season the step after these lies."""
    return len(every)
'''
)


def phase_of_labels(kind):
    """Counted from training's first row, whose label JSON has as text or a number."""
    first = {
        "dates": 'pd.DatetimeIndex([SETTINGS["first"]])',
        "zoned": 'pd.DatetimeIndex([SETTINGS["first"]], tz=every.tz)',
        "periods": 'pd.PeriodIndex([SETTINGS["first"]], freq=every.freq)',
        "numbers": 'pd.Index([SETTINGS["first"]])',
    }[kind]
    return Piece(
        f'''\
def phase_of(every):
    """How many steps after training's first row the one after these lies."""
    both = {first}.append(every[:1])
    between, _ = labels_of(pd.Series(0, both.sort_values()), 0)
    return len(every) + (len(between) - 1) * (1 if both[0] <= both[1] else -1)
'''
    )


def shrinking(quantiles):
    """Drawing forecasts towards the naive one."""
    centre = '[..., SETTINGS["centre"]]' if quantiles else ""
    move = "[..., None]" if quantiles else ""
    return Piece(
        f'''\
def drawn(values, history):
    """A forecast, drawn towards the last season repeated (of a short history the last value)."""
    steps = len(history) - SETTINGS["naive_season"] + np.arange(HORIZON) % SETTINGS["naive_season"]
    naive = np.where(steps[:, None] < 0, history[-1], history[np.maximum(steps, 0)])
    naive = naive[:, : values.shape[1]] - values{centre}
    return values + np.float32(SETTINGS["shrinkage"]) * naive{move}
'''
    )


def forecast(facts):
    """The piece that joins all others.

    Parameters
    ----------
    facts : dict of str to bool or str
        "dated", "missing" ("error", "interpolate" or "ignore"); whether there are "past", "future",
        "calendar", "static", "phase", "quantiles", "shrinkage" and "named" inputs; whether series
        are "known" by their names, or scaled by their "own" rows.
    """
    ahead = [
        *(['covariates("future", future, both)'] if facts["future"] else []),
        *(["calendar(both)"] if facts["calendar"] else []),
    ]
    lines = [*_checks(facts), *_rows(facts, ahead), *_loop(facts, bool(ahead))]
    given = ", ".join(f"{name}=None" for name in given_names(facts))
    shape = "`(n, targets, quantiles)`" if facts["quantiles"] else "`(n, targets)`"
    body = "\n".join(f"    {line}" for line in lines)
    return Piece(
        f'''\
def forecast(history, n=HORIZON{", *, " if given else ""}{given}):
    """The n rows that follow, {shape}, and their labels."""
{body}
'''
    )


def given_names(facts):
    """What a script must be given beside a history."""
    known = {"series": facts["known"], "static": facts["static"] and not facts["known"]}
    return [
        name for name in ("series", "past", "future", "static") if known.get(name, facts.get(name))
    ]


def _checks(facts):
    yield "every, ahead = labels_of(history, n)"
    if facts["dated"] and facts["missing"] == "error":
        yield "if not every.equals(history.index):"
        yield '    raise ValueError(f"The history lacks rows, or has some off its step: {every}")'
    if facts["dated"] and facts["missing"] == "ignore":
        yield "every = history.index"
    fills = facts["missing"] == "interpolate"
    read = "history.reindex(every)" if facts["dated"] and fills else "history"
    yield f"values = np.asarray({read}, float).reshape(len(every), -1)"
    # Of what may be missing each column must hold a number.
    yield f"largest = {'np.nanmax' if fills else 'np.max'}(np.abs(values), axis=0)"
    yield 'if len(values) < SETTINGS["lengths"]["shortest"] or not np.isfinite(largest).all():'
    yield '    raise ValueError("The history is too short, or holds infinity or NaN.")'
    if facts["past"]:
        yield "if n > HORIZON:"
        yield '    raise ValueError(f"With covariates of the past n is at most {HORIZON}.")'


def _rows(facts, ahead):
    own = "settings_of(series)" if facts["known"] else 'SETTINGS["series"][0]'
    yield f"own = {'settings_of(values)' if facts['own'] else own}"
    fill = "filled({})" if facts["missing"] == "interpolate" else "{}"
    yield 'centre, scale = (np.array(own[name], float) for name in ("centre", "scale"))'
    rows = "(values - centre) / scale"
    if facts["past"]:
        yield 'beside = covariates("past", past, every)'
        rows = f"np.concatenate([{rows}, beside], axis=1)"
    rows = fill.format(rows)
    if not ahead:
        yield f"rows = ({rows}).astype(np.float32)"
        return
    yield f"rows = {rows}"
    yield f"both = {'every.append(ahead)' if facts['dated'] else 'range(len(rows) + n)'}"
    known = ahead[0] if len(ahead) == 1 else f"np.concatenate([{', '.join(ahead)}], axis=1)"
    yield f"known = {fill.format(known) if facts['future'] else known}"
    yield "rows = np.concatenate([rows, known[: len(rows)]], axis=1).astype(np.float32)"
    yield "known = known[len(rows) :].astype(np.float32)"


def _loop(facts, has_ahead):
    if facts["static"]:
        static = 'own["static"]' if not facts["own"] else "encode_static(static)"
        yield f"static = np.array([{static}], np.float32)"
    yield "found = []"
    yield "for start in range(0, n, HORIZON):"
    yield "    window = rows[-LOOKBACK:]"
    yield "    lacking = np.full((LOOKBACK - len(window), rows.shape[1]), np.nan, np.float32)"
    name = "past" if facts["named"] else "sequence"
    yield f'    inputs = {{"{name}": np.concatenate([window, lacking])[None]}}'
    if has_ahead:
        yield "    steps = np.minimum(np.arange(start, start + HORIZON), n - 1)"
        yield '    inputs["future"] = known[steps][None]'
    if facts["static"]:
        yield '    inputs["static"] = static'
    if facts["phase"]:
        yield '    place = (phase_of(every) + start) % SETTINGS["season"]'
        yield '    inputs["phase"] = np.array([place], np.int32)'
    values = "drawn(run(inputs)[0], window)" if facts["shrinkage"] else "run(inputs)[0]"
    yield f"    found.append({values})"
    point = 'found[-1][..., SETTINGS["centre"]]' if facts["quantiles"] else "found[-1]"
    if has_ahead:
        point = f"np.concatenate([{point}, known[steps]], axis=1)"
    if not facts["past"]:
        yield f"    rows = np.concatenate([rows, {point}])"
    axis = "[:, None]" if facts["quantiles"] else ""
    yield f"return np.concatenate(found)[:n] * scale{axis} + centre{axis}, ahead"


def answers(dated, quantiles):
    """From numbers to the user's form."""
    values = 'values[..., SETTINGS["centre"]]' if quantiles else "values"
    if not dated:
        code = f'''\
def predict(history, *args, **given):
    """The rows that follow a history `(time,)` or `(time, targets)`; see `forecast`."""
    values, _ = forecast(history, *args, **given)
    return {values}[:, 0] if np.ndim(history) == 1 else {values}
'''
        return Piece(code + _QUANTILES_OF_ARRAYS if quantiles else code)
    code = f'''\
def predict(history, *args, **given):
    """What follows a Series or frame, in its form and with the labels; see `forecast`."""
    values, labels = forecast(history, *args, **given)
    frame = pd.DataFrame({values}, labels, getattr(history, "columns", None))
    return frame[0].rename(history.name) if history.ndim == 1 else frame
'''
    return Piece(code + _QUANTILES_OF_FRAMES if quantiles else code, _PANDAS, "pandas")


_QUANTILES_OF_ARRAYS = '''

def predict_quantiles(history, *args, **given):
    """The quantiles SETTINGS["quantiles"], `(n, targets, quantiles)`, for n up to HORIZON."""
    return forecast(history, *args, **given)[0]
'''
_QUANTILES_OF_FRAMES = '''

def predict_quantiles(history, *args, **given):
    """A frame with a column for each target and quantile, for n up to HORIZON."""
    values, labels = forecast(history, *args, **given)
    names = history.columns if history.ndim == 2 else [history.name]
    columns = pd.MultiIndex.from_product([names, SETTINGS["quantiles"]])
    return pd.DataFrame(values.reshape(len(values), -1), labels, columns)
'''


def main(dated, is_more_needed):
    """Forecasting from a CSV file, where nothing else is needed."""
    if is_more_needed:
        return []
    read = 'np.loadtxt(sys.argv[1], delimiter=",")'
    show = 'np.savetxt(sys.stdout, answer, delimiter=",")'
    if dated:
        read = 'pd.read_csv(sys.argv[1], index_col=0, parse_dates=SETTINGS["step"]["dates"])'
        show = "answer.to_csv(sys.stdout)"
    code = f"""\
if __name__ == "__main__":
    answer = predict({read})
    {show}
"""
    return [Piece(code, ("import sys",))]
