"""A comparison in plain sentences."""

import math

from keraseq.comparison._statistics import runs_needed

_ENOUGH = 1000


def summarise(result):
    """Return the sentences of :meth:`Comparison.summary`."""
    lines = [_what(result), *_failures(result)]
    scored = result.table.dropna(subset=["score"])
    if scored.empty:
        return "\n".join([*lines, "Every fit failed; `.runs` holds the errors."])
    best = scored.iloc[0]
    interval = "" if math.isnan(best.low) else f" (95 % interval {best.low:.3f} to {best.high:.3f})"
    lines.append(f"{scored.index[0]} has the best {result.metric}, {best.score:.3f}{interval}.")
    if result.n_runs < 2:
        lines.append(
            "With one run nothing can be said about luck; compare with n_seeds=5 or more for that."
        )
        return "\n".join(lines)
    rivals = set(result.baselines)
    lines += [
        _pair(result, row)
        for row in result.significance.itertuples()
        if not {row.a, row.b} <= rivals
    ]
    return "\n".join([*lines, *_cautions(result)])


def _what(result):
    n_baselines = len(result.baselines)
    n_models = len(result.table) - n_baselines
    data = result.about["data"]
    how = "each with its own split" if result._paired else "on one fixed test set"
    if result.task == "forecasting" and result._paired:
        how = "each from another origin"
    return (
        f"{n_models} model{'s' * (n_models != 1)} and {n_baselines} baselines on "
        f"{data['rows']:,} {'steps' if result.task == 'forecasting' else 'rows'} "
        f"({data['kind']}, {result.task}), {result.n_runs} run{'s' * (result.n_runs != 1)} {how}."
    )


def _failures(result):
    for name, n in result.table["failed"].items():
        if n:
            first = result.runs.query("model == @name")["error"].dropna().iloc[0]
            yield f"{name} failed in {n} of {result.n_runs} runs: {first.splitlines()[0]}"


def _pair(result, row):
    pair = f"{row.a} against {row.b}"
    if math.isnan(row.p):
        return f"{pair}: too few runs succeeded to compare them."
    size = f"{row.difference:+.3f}, interval {row.low:+.3f} to {row.high:+.3f}, p = {row.p:.2g}"
    if row.detectable:
        return f"{pair}: a detectable difference ({size})."
    return f"{pair}: no detectable difference ({size}).{_more_runs(result, row)}"


def _place(result, row):
    names = list(result.table.index)
    return result._tests.pairs.index((names.index(row.a), names.index(row.b)))


def _shared_runs(result, row):
    return int(result._tests.runs[_place(result, row)])


def _more_runs(result, row):
    """How many runs a difference of the size observed would need."""
    tests, place, n = result._tests, _place(result, row), _shared_runs(result, row)
    needed = runs_needed(
        row.difference,
        tests.error[place] ** 2 / (1 / n + result._ratio),
        tests.df[place],
        n,
        int(tests.group[place]),
        result._ratio,
    )
    if needed is None:
        if result._ratio:
            return " To see one of this size takes more data, not more splits of the same rows."
        return f" To see one of this size takes more than {_ENOUGH:,} runs."
    if needed <= n:
        return " The test rows are too few to be sure of it." if not result._paired else ""
    return f" To see one of this size takes about {needed} runs."


def _cautions(result):
    if result.n_runs < 5:
        yield f"{result.n_runs} runs see large differences only; 5 or more are advised."
    efforts = result.runs.get("steps")
    if efforts is not None and efforts.dropna().nunique() > 1:
        by_model = result.runs.groupby("model")["steps"].max().dropna()
        if by_model.nunique() > 1:
            yield (
                "The models' effort differs, most optimiser steps: "
                + ", ".join(f"{name} {int(steps):,}" for name, steps in by_model.items())
                + "."
            )
    if result._paired and result._ratio:
        yield "p-values count that the runs' training rows overlap (Nadeau & Bengio 2003)."
