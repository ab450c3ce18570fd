"""A comparison in plain sentences: who wins, what is more than luck, and what is not yet."""

import math
import textwrap

from keraseq import _format
from keraseq.comparison._statistics import runs_needed
from keraseq.comparison.ranking import alike_stretches, judged_pairs

_WIDTH = 80
# Of more than ten models the pairs fill pages; then the best, the baselines and groups are told.
_MOST_PAIRS = 45
_MOST_NAMES = 4
# Of tokens, by which two models' shares of unknown ones may differ unsaid.
_ALIKE_UNKNOWN = 0.005


def summarise(result):
    """Return the text of :meth:`Comparison.summary`."""
    return in_80_columns(_paragraphs(result))


def in_80_columns(paragraphs):
    """Return the paragraphs as text, their further lines indented."""
    settings = {"break_long_words": False, "break_on_hyphens": False, "subsequent_indent": "  "}
    return "\n".join(textwrap.fill(one, _WIDTH, **settings) for one in paragraphs)


def by_better(rows):
    """Pairs by their first, the better one: a dict of name to rows."""
    found = {}
    for row in rows:
        found.setdefault(row.a, []).append(row)
    return found


def pairs_in_one_line(rows, bracket=lambda row: ""):
    """The pairs with what each has in brackets: ``a from b (9), c; b from c``."""
    return "; ".join(
        f"{a} from " + ", ".join(row.b + bracket(row) for row in of_a)
        for a, of_a in by_better(rows).items()
    )


def _paragraphs(result):
    yield _what(result)
    yield from failures(result)
    scored = result.table.dropna(subset=["score"])
    if scored.empty:
        yield "Every fit failed; `.runs` holds the errors."
        return
    if result.n_runs < 2:
        yield _winner(result, scored, {})
        yield from cautions(result)
        yield "With one run nothing can be said about luck; compare with n_seeds=5 or more."
        return
    rivals = set(result.baselines)
    pairs = [row for row in result.significance.itertuples() if not {row.a, row.b} <= rivals]
    yield _winner(result, scored, {frozenset((row.a, row.b)): row for row in pairs})
    tested = [row for row in pairs if not math.isnan(row.p)]
    detectable = [row for row in tested if row.detectable]
    if len(pairs) > _MOST_PAIRS:
        yield from _of_many(result, tested, scored)
    elif detectable:
        yield "Detectable differences (p < 0.05 over all pairs; intervals in `.significance`):"
        for better, rows in by_better(detectable).items():
            yield f"  {better} against {_worse(rows, rivals)}"
    if len(pairs) <= _MOST_PAIRS:
        yield from _not_apart(result, [row for row in tested if not row.detectable])
    few = [f"{row.a} with {row.b}" for row in pairs if math.isnan(row.p)]
    if few:
        yield f"Too few runs succeeded to compare {_listed(few)}."
    yield from cautions(result)


def _of_many(result, tested, scored):
    """The best against all others, all against the best baseline, and who stands together."""
    best, n_others = scored.index[0], len(scored) - 1
    of_best = [row for row in tested if best in (row.a, row.b)]
    apart = [row for row in of_best if row.detectable and row.a == best]
    if apart:
        least = min(apart, key=lambda row: row.difference)
        gap = _format.difference(least.difference)
        n = f"{len(apart)} of " * (len(apart) < n_others)
        yield f"{best} is detectably better than {n}{n_others} others: {gap} ({least.b}) or more."
    worse = [row.a for row in of_best if row.detectable and row.b == best]
    if worse:
        yield f"In the runs that both have {best} is detectably worse than {_listed(worse)}."
    yield from _not_apart(result, [row for row in of_best if not row.detectable])
    rival = next((name for name in scored.index if name in result.baselines), None)
    # Where it is the best of all, that has been said.
    if rival not in (None, best):
        yield from _beside_rival(rival, [row for row in tested if rival in (row.a, row.b)])
    names = list(scored.index)
    stretches = alike_stretches(names, judged_pairs(result.significance))
    groups = [f"{names[s.first]} to {names[s.last]}" for s in stretches if s.is_compared]
    n_apart = sum(row.detectable for row in tested)
    together = f" Stretches of the ranking that hold no such pair: {', '.join(groups)}."
    yield (
        f"Of {len(tested)} pairs {n_apart} are told apart; `.significance` has each, with interval "
        f"and p, and `.plot()` shows them.{together * bool(groups)}"
    )


def _beside_rival(rival, rows):
    """Which models are detectably better or worse than the best baseline, and which neither."""
    found = {"better than": [], "worse than": [], "not told apart from": []}
    for row in rows:
        side = "better than" if row.b == rival else "worse than"
        kind = side if row.detectable else "not told apart from"
        found[kind].append(row.a if row.b == rival else row.b)
    parts = [
        f"{kind} it " + (f"all {len(rows)} models" if len(names) == len(rows) else _listed(names))
        for kind, names in found.items()
        if names
    ]
    if parts:
        yield f"Beside the best baseline, {rival}: {'; '.join(parts)}."


def _what(result):
    n_baselines = len(result.baselines)
    n_models = len(result.table) - n_baselines
    data = result.about["data"]
    how = "each with its own split" if result._paired else "on one fixed test set"
    how = result.about.get("how", how)
    how = how.removeprefix("each ") if result.n_runs == 1 else how
    return (
        f"{_number(n_models, 'model')} and {_number(n_baselines, 'baseline')} on "
        f"{_number(data['rows'], result.rows_in_words)} "
        f"({data['kind']}, {result.task}), {_number(result.n_runs, 'run')} {how}."
    )


def _number(n, what):
    return f"{n:,} {what}{'s' * (n != 1)}" if n else f"no {what}"


def failures(result):
    """Yield a sentence for each model of which a fit failed."""
    for name, n in result.table["failed"].items():
        if n:
            first = result.runs.query("model == @name")["error"].dropna().iloc[0]
            yield f"{name} failed in {n} of {result.n_runs} runs: {first.splitlines()[0]}"


def _winner(result, scored, pairs):
    """Who has the best score, and by how much over the next and over the best of the others."""
    best, *others = scored.index
    tied = list(scored.index[scored["score"] == scored["score"].iloc[0]])
    if len(tied) > 1:
        return _shared(result, scored, pairs, tied)
    ends = _format.interval(*scored.loc[best, ["low", "high"]])
    score = _format.score(scored.loc[best, "score"]) + (f" (95 % interval {ends})" if ends else "")
    sentence = f"{best} has {'the best ' * bool(others)}{result.metric}, {score}"
    is_rival = best in result.baselines
    if is_rival and len(scored) > len(result.baselines):
        sentence = f"No model beats the baseline {best}, with {result.metric} {score}"
    of_other_kind = [name for name in others if (name in result.baselines) != is_rival]
    gaps = []
    if others and others[0] not in of_other_kind[:1] and not is_rival:
        gaps.append(f"{_gap(scored, best, others[0], pairs)} the next, {others[0]}")
    if of_other_kind:
        kind = "model" if is_rival else "baseline"
        other = of_other_kind[0]
        gaps.append(f"{_gap(scored, best, other, pairs)} the best {kind}, {other}")
    return f"{sentence}: {', and '.join(gaps)}." if gaps else f"{sentence}."


def _shared(result, scored, pairs, tied):
    """Who share the best score, and by how much over the next that does not."""
    rivals = [name for name in tied if name in result.baselines]
    models = [name for name in tied if name not in rivals]
    value = _format.score(scored["score"].iloc[0])
    score = f"{result.metric}, {value}"
    lower = [name for name in scored.index if name not in tied]
    other = f"the next, {lower[0]}" if lower else ""
    if models:
        verb = "share" if len(models) > 1 else "has"
        sentence = f"{_listed(_shortened(models))} {verb} the best {score}"
        if rivals:
            sentence += f" (as {'do' if rivals[1:] else 'does'} {_baselines(rivals)})"
    elif len(scored) > len(result.baselines):
        lower = [name for name in lower if name not in result.baselines]
        sentence = f"No model beats {_baselines(rivals)}, with {result.metric} {value}"
        other = f"the best model, {lower[0]}"
    else:
        sentence = f"{_listed(_shortened(rivals))} share the best {score}"
    if not lower:
        return f"{sentence}."
    return f"{sentence}: {_gap(scored, tied[0], lower[0], pairs)} {other}."


def _shortened(names):
    more = len(names) - _MOST_NAMES
    return [*names[:_MOST_NAMES], f"{more} more"] if more > 1 else names


def _baselines(names):
    return f"the baseline{'s' * (len(names) > 1)} {_listed(_shortened(names))}"


def _gap(scored, best, other, pairs):
    row = pairs.get(frozenset((best, other)))
    gap = _format.difference(scored.loc[best, "score"] - scored.loc[other, "score"])
    if row is None or math.isnan(row.p):
        return f"{gap} against"
    ends = (row.low, row.high) if row.a == best else (-row.high, -row.low)
    shared = _format.difference(row.difference if row.a == best else -row.difference)
    # Of means over other runs than those that are tested.
    both = "" if shared == gap else f"{shared} in the runs of both, "
    verdict = "" if row.detectable else "not detectable, "
    ends = _format.interval(*ends, _format.difference)
    return f"{gap} ({both}{verdict}{ends}, {_format.p_value(row.p)}) against"


def _worse(rows, rivals):
    """Whom one model beats and by how much, the baselines in one where it beats all of them."""
    beaten = [row for row in rows if row.b in rivals]
    if len(beaten) < max(2, len(rivals)):
        beaten = []
    each = [f"{row.b} {_format.difference(row.difference)}" for row in rows if row not in beaten]
    if beaten:
        least = _format.difference(min(row.difference for row in beaten))
        each.append(f"all {len(beaten)} baselines {least} or more")
    return ", ".join(each)


def _not_apart(result, rows):
    """One paragraph: the pairs, each with the runs that would show a difference of its size."""
    if not rows:
        return
    needed = {(row.a, row.b): _runs_needed(result, row) for row in rows}
    of_pairs = pairs_in_one_line(rows, lambda row: _bracket(needed[row.a, row.b]))
    said = [f"Not told apart: {of_pairs}."]
    if any(isinstance(n, int) for n in needed.values()):
        said.append("In brackets the runs that show a difference of the size seen in 80 %.")
    if None in needed.values():
        rest = "The others" if any(needed.values()) else "Differences of these sizes"
        said.append(
            f"{rest} take more data, not more runs."
            if result._ratio or not result._paired
            else f"{rest} take more than 1,000 runs."
        )
    yield " ".join(said)


def _bracket(needed):
    return "" if needed is None else f" ({needed:,})" if isinstance(needed, int) else f" ({needed})"


def _runs_needed(result, row):
    """How many runs would show a difference of the size observed, None if none would."""
    names, tests = list(result.table.index), result._tests
    place = tests.pairs.index(tuple(sorted((names.index(row.a), names.index(row.b)))))
    n = int(tests.runs[place])
    if row.difference == 0:
        return "equal"
    variance = tests.error[place] ** 2 / (1 / n + result._ratio)
    needed = runs_needed(
        row.difference, variance, tests.df[place], n, int(tests.group[place]), result._ratio
    )
    # Enough runs already: on a fixed test set its rows are what is too few.
    return None if needed is None or needed <= n else needed


def _listed(names):
    return " and ".join([", ".join(names[:-1]), names[-1]] if names[1:] else names)


def cautions(result):
    """Yield what a reader should know before believing a number."""
    yield from _unequal(result)
    alike = {}
    for name, found in result._convergence.items():
        alike.setdefault(found, []).append(name)
    for found, names in alike.items():
        yield f'{_listed(names)}: {found}; `.runs["convergence"]` says what to try.'
    yield from _unknown(result)
    each = [f"{name} ({reason})" for name, reason in result.about.get("left out", {}).items()]
    if each:
        yield f"Baselines left out: {', '.join(each)}."
    if result.n_runs < 2:
        return
    if result.n_runs < 5:
        yield f"{result.n_runs} runs see large differences only; 5 or more are advised."
    efforts = result.runs.get("steps")
    if efforts is not None and efforts.dropna().nunique() > 1:
        by_model = result.runs.groupby("model")["steps"].max().dropna()
        if by_model.nunique() > 1:
            yield f"The models' effort differs, most optimiser steps: {_efforts(by_model)}."
    threads = result.runs.get("threads")
    if threads is not None and threads.nunique() > 1:
        timed = int(result._timed_runs["threads"].iloc[0])
        yield f"Seconds and latencies are of the fits with {_number(timed, 'thread')} alone."
    if result._paired and result._ratio and result.significance["p"].notna().any():
        yield "p-values count that the runs' training rows overlap (Nadeau & Bengio 2003)."


def _efforts(by_model):
    """Each model's steps; where most have the same, those of the others."""
    usual = by_model.mode().iloc[0]
    others = by_model[by_model != usual]
    if len(by_model) - len(others) < 3:
        others, said = by_model, []
    else:
        said = [f"{int(usual):,} of {len(by_model) - len(others)} models"]
    return ", ".join([*said, *(f"{name} {int(steps):,}" for name, steps in others.items())])


def _unknown(result):
    """Of language models: who reads more of the test part as unknown than another one."""
    if "unknown" not in result.runs:
        return
    shares = result.runs.groupby("model", sort=False)["unknown"].mean().dropna()
    more = shares[shares > shares.min() + _ALIKE_UNKNOWN]
    if len(more):
        each = _listed([f"{name} {share:.1%}" for name, share in more.items()])
        yield (
            "Shares of the test part's tokens that are unknown, and whose spelling is not asked "
            f"for, which flatters a score: {each}; the others at most "
            f"{shares[shares.index.difference(more.index)].max():.1%}."
        )


def _unequal(result):
    """Which models stand outside the budget that the others keep."""
    outside = result.outside_budget
    several = [name for name in outside if name in result.ensembles]
    for names, why in (
        ([name for name in outside if name not in several], "with no size to solve"),
        (several, "which each member has"),
    ):
        if names:
            stand = "stands" if len(names) == 1 else "stand"
            each = _listed([_with_weights(result, name) for name in names])
            yield f"Sizes are not equal: {each} {stand} outside {outside[names[0]]}, {why}."


def _with_weights(result, name):
    weights = result.table.get("parameters")
    n = math.nan if weights is None else weights[name]
    return name if math.isnan(n) else f"{name} ({_number(int(n), 'weight')})"
