"""The pieces of scripts that read histories and forecast what follows."""

from keraseq.export._script import Piece

_PANDAS = ("import pandas as pd",)
ELAPSED = '\n    both = both.tz_localize("UTC").tz_convert(dates.tz)'

LENGTHS = Piece(
    """\
HORIZON, LOOKBACK, SHORTEST = (SETTINGS["lengths"][k] for k in ("horizon", "lookback", "shortest"))
"""
)
LABELS_OF_ARRAYS = Piece(
    '''\
def labels_of(history, n):
    """The numbers of a history's rows, and with the n that follow."""
    return range(len(history)), range(len(history) + n)
'''
)
LABELS_OF_NUMBERS = Piece(
    '''\
def labels_of(history, n):
    """The labels of a history without gaps, and with the n that follow."""
    index, step = history.index, SETTINGS["step"]["n"]
    is_period = isinstance(index, pd.PeriodIndex)
    codes = index.asi8 if is_period else index.to_numpy()
    codes = np.arange(codes[0], codes[-1] + step * n + 1, step)
    both = pd.PeriodIndex.from_ordinals(codes, freq=index.freq) if is_period else pd.Index(codes)
    both = both.rename(index.name)
    return both[: len(both) - n], both
''',
    _PANDAS,
    "pandas",
)


def labels_of_dates(is_period, zone):
    """Of dates or periods of a day; `zone` is the code that gives dates their zone, if any."""
    dates, wall = f"dates = history.index{'.to_timestamp()' if is_period else ''}", "dates"
    if zone:
        clock = "tz_convert" if zone == ELAPSED else "tz_localize"
        dates, wall = f"dates, wall = history.index, history.index.{clock}(None)", "wall"
    like = "\n    both = both.to_period(history.index.freq)" if is_period else ""
    return Piece(
        f'''\
STEP = getattr(pd.offsets, SETTINGS["step"]["name"])(**SETTINGS["step"]["settings"])


def labels_of(history, n):
    """The dates of a history without gaps, and with the n that follow."""
    {dates}
    every = pd.date_range({wall}[0], {wall}[-1], freq=STEP, name=dates.name)
    ahead = pd.date_range({wall}[-1], periods=n + 2, freq=STEP, name=dates.name)
    both = every.append(ahead[ahead > {wall}[-1]][:n]).as_unit(dates.unit){zone}{like}
    return both[: len(every)], both
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
    """The level and spread of a history by itself, as in training."""
    centre, spread = np.nanmean(values, axis=0), np.nanstd(values, axis=0)
    level = np.where(centre == 0, 1.0, np.abs(centre))
    return centre, np.where(spread <= 1e-12 * level, level, spread)
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
    values = np.asarray(given.loc[labels, names] if hasattr(given, "loc") else given, float)
    return (values.reshape(len(labels), len(names)) - centre) / scale
'''
)
STATIC = Piece(
    '''\
def encode_static(given):
    """Numbers of a dict of what never changes; an unknown category is all zeros."""
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
    move = (
        '(naive - values[..., SETTINGS["centre"]])[..., None]' if quantiles else "(naive - values)"
    )
    return Piece(
        f'''\
def drawn(values, history):
    """A forecast, drawn towards the last season repeated (of a short history the last value)."""
    back = np.resize(np.arange(-SETTINGS["naive_season"], 0), HORIZON)
    naive = history[np.where(back < -len(history), -1, back), : values.shape[1]]
    return values + SETTINGS["shrinkage"] * {move}
'''
    )


def forecast(facts):
    """The piece that joins all others.

    Parameters
    ----------
    facts : dict of str to bool or str
        "dated", "missing" ("error", "interpolate" or "ignore"); whether there are "past", "future",
        "calendar", "static", "phase", "quantiles", "shrinkage" and "named" inputs, "several"
        targets; whether series are "known" by their names, or scaled by their "own" rows.
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
    if facts["several"]:
        yield 'names = [str(name) for name in getattr(history, "columns", SETTINGS["targets"])]'
        yield 'if names != SETTINGS["targets"]:'
        yield '    raise ValueError(f"The history has the columns {names}, not those of training.")'
    yield "every, both = labels_of(history, n)"
    if facts["dated"] and facts["missing"] == "error":
        yield "if not every.equals(history.index):"
        yield '    raise ValueError(f"The history lacks rows, or has some off its step: {every}")'
    if facts["dated"] and facts["missing"] == "ignore":
        yield "every, both = history.index, history.index.append(both[len(every) :])"
    fills = facts["missing"] == "interpolate"
    read = "history.reindex(every)" if facts["dated"] and fills else "history"
    yield f"values = np.asarray({read}, float).reshape(len(every), -1)"
    # Of what may be missing each column must hold a number.
    largest = f"{'np.nanmax' if fills else 'np.max'}(np.abs(values), axis=0)"
    yield f"if len(values) < SHORTEST or not np.isfinite({largest}).all():"
    yield '    raise ValueError("The history is too short, or holds infinity or NaN.")'
    if facts["past"]:
        yield "if n > HORIZON:"
        yield '    raise ValueError(f"With covariates of the past n is at most {HORIZON}.")'


def _rows(facts, ahead):
    if facts["own"]:
        yield "centre, scale = settings_of(values)"
    else:
        yield "own = settings_of(series)" if facts["known"] else 'own = SETTINGS["series"][0]'
        yield 'centre, scale = np.array(own["centre"], float), np.array(own["scale"], float)'
    fill = "filled({})" if facts["missing"] == "interpolate" else "{}"
    rows = "(values - centre) / scale"
    if facts["past"]:
        yield 'beside = covariates("past", past, every)'
        rows = f"np.c_[{rows}, beside]"
    rows = fill.format(rows if facts["past"] or fill != "{}" else f"({rows})")
    if not ahead:
        yield f"rows = {rows}.astype(np.float32)"
        return
    yield f"rows = {rows}"
    known = ahead[0] if len(ahead) == 1 else f"np.c_[{', '.join(ahead)}]"
    known = fill.format(known) if facts["future"] else known
    yield f"known = {known}.astype(np.float32)"
    yield "rows, known = np.c_[rows, known[: len(rows)]].astype(np.float32), known[len(rows) :]"


def _inputs(facts, has_ahead, start):
    """The lines that give a network its inputs, `start` steps after the history."""
    name = "past" if facts["named"] else "sequence"
    yield f'inputs = {{"{name}": np.full((1, LOOKBACK, rows.shape[1]), np.nan, np.float32)}}'
    yield f'inputs["{name}"][0, : len(rows)] = rows[-LOOKBACK:]'
    if has_ahead:
        begin = f"{start}, {start} + HORIZON" if start else "HORIZON"
        yield f"steps = np.minimum(np.arange({begin}), n - 1)"
        yield 'inputs["future"] = known[steps][None]'
    if facts["static"]:
        static = "encode_static(static)" if facts["own"] else 'own["static"]'
        yield f'inputs["static"] = np.array([{static}], np.float32)'
    if facts["phase"]:
        place = f"(phase_of(every) + {start})" if start else "phase_of(every)"
        yield f'inputs["phase"] = np.array([{place} % SETTINGS["season"]], np.int32)'


def _loop(facts, has_ahead):
    values = "drawn(run(inputs)[0], rows[-LOOKBACK:])" if facts["shrinkage"] else "run(inputs)[0]"
    axis = "[:, None]" if facts["quantiles"] else ""
    units = f" * scale{axis} + centre{axis}, both[len(every) :]"
    if facts["past"]:  # which is not known any further
        yield from _inputs(facts, has_ahead, "")
        yield f"values = {values}"
        yield f"return values[:n]{units}"
        return
    yield "found = []"
    yield "for start in range(0, n, HORIZON):"
    for line in _inputs(facts, has_ahead, "start"):
        yield f"    {line}"
    yield f"    found.append({values})"
    point = 'found[-1][..., SETTINGS["centre"]]' if facts["quantiles"] else "found[-1]"
    point = f"np.c_[{point}, known[steps]]" if has_ahead else point
    yield f"    rows = np.concatenate([rows, {point}])"
    yield f"return np.concatenate(found)[:n]{units}"
