"""What was found, in two sentences; and what to read it with."""

from keraseq import _format
from keraseq.comparison._summary import cautions as cautions_of
from keraseq.comparison._summary import failures

_MOST_NAMES = 4


def verdict(view):
    """Return two sentences: who wins and by how much, and whom it cannot be told apart from."""
    if not view.names:
        return "Every fit failed; the runs below hold the errors."
    return f"{_winner(view)} {_luck(view)}"


def _winner(view):
    best, first = view.names[0], _first(view)
    row = view.table.loc[best]
    # Of several with one score they differ.
    ends = "" if first[1:] else _format.interval(row["low"], row["high"])
    score = _format.score(row["score"]) + (f" (95 % interval {ends})" if ends else "")
    if best in view.baselines:
        models = [name for name in view.names if name in view.models]
        rest = "every model failed"
        if models:
            of_model = _format.score(view.table.loc[models[0], "score"])
            rest = f"the best model, {models[0]}, has {of_model}"
        named = f"baseline{'s' * bool(first[1:])} {_listed(first)}"
        return f"No model beats the {named}, with {view.metric} {score}; {rest}."
    verb = "share" if first[1:] else "has"
    sentence = f"{_listed(first)} {verb} the best {view.metric}, {score}"
    rival = next((name for name in view.names if name in view.baselines), None)
    if rival is None:
        return sentence + "."
    gap = _format.difference(row["score"] - view.table.loc[rival, "score"])
    return f"{sentence}, {gap} against the best baseline, {rival}."


def _first(view):
    """Those of the best one's kind with its score."""
    best, scores = view.names[0], view.table["score"]
    alike = [name for name in view.names if (name in view.models) == (best in view.models)]
    return [name for name in alike if scores[name] == scores[best]]


def _luck(view):
    best, others = view.names[0], view.names[1:]
    if view.significance is None:
        return "With one run nothing can be said about luck; compare with n_seeds=5 or more."
    if not others:
        return "There is nothing to tell it apart from."
    judged = {name: view.judged.get(frozenset((best, name))) for name in others}
    alike = [name for name, differs in judged.items() if differs is False]
    above = {row.a for row in view.significance.itertuples() if row.b == best}
    apart = [name for name, differs in judged.items() if differs and name not in above]
    worse = [name for name, differs in judged.items() if differs and name in above]
    unknown = [name for name, differs in judged.items() if differs is None]
    n = view.result.n_runs
    it = best if best in view.baselines or _first(view)[1:] else "it"
    if len(apart) == len(others):
        return f"Over {n} runs {it} is detectably better than {_all(len(others))}."
    parts = [f"cannot be told apart from {_listed(alike)}"] if alike else []
    parts += [f"is detectably better than {_listed(apart)}"] if apart else []
    parts += [f"is, in the runs of both, detectably worse than {_listed(worse)}"] if worse else []
    parts += [f"was not compared with {_listed(unknown)}"] if unknown else []
    return f"Over {n} runs {it} {_and(parts)}."


def _all(n):
    return {1: "the other", 2: "both others"}.get(n, f"all {n} others")


def _listed(names):
    if len(names) > _MOST_NAMES:
        return f"{', '.join(names[: _MOST_NAMES - 1])} and {len(names) - _MOST_NAMES + 1} more"
    return _and(names)


def _and(parts):
    return " and ".join([", ".join(parts[:-1]), parts[-1]] if parts[1:] else parts)


def cautions(view):
    """Return what failed, and what a reader should know before believing a number."""
    return [*failures(view.result), *cautions_of(view.result)]
