"""What there is to say of a fitted estimator before anybody trusts it, as Markdown."""

import json
from numbers import Integral

import joblib
import numpy as np
from scipy.stats import norm

from keraseq.baselines import Facts, floor_of
from keraseq.encoding import ClassTarget, TagTarget, check_lengths
from keraseq.tasks import get_task
from keraseq.training.likelihood import luck_parts
from keraseq.wrappers._seeds import draw_seed

_N_DRAWS, _COVERAGE = 1_000, 0.95
_MOST_CLASSES = 20


def write_card(estimator, X=None, y=None):
    """Return the card; see :meth:`NetworkEstimator.card`."""
    is_forecast = get_task(estimator._tasks[0]).reads_history
    blueprint = estimator._network.blueprint
    sections = {
        "Data": _of_series(estimator) if is_forecast else _of_rows(estimator),
        "Model": _of_model(estimator, blueprint),
        "Training": _of_training(estimator, blueprint),
        "Scores": _scores(estimator, X, y, is_forecast),
        "Limits": _limits(estimator, is_forecast),
    }
    name = blueprint.plan.spec.name if blueprint.is_plan else "own model"
    lines = [f"# {type(estimator).__name__}: {name}"]
    for title, points in sections.items():
        lines += ["", f"## {title}", "", *(f"- {point}" for point in points)]
    return "\n".join(lines) + "\n"


def _of_rows(estimator):
    yield f"Trained on {estimator._network.trained_on or 'rows that nobody counted'}."
    kinds = {"series": "Series of numbers", "tokens": "Token ids", "words": "Lists of words"}
    params, kind = estimator.params_, kinds.get(estimator.kind_, "Texts")
    if "window" in params:
        yield f"{kind}, read in windows of at most {params['window']} tokens."
    else:
        yield f"{kind}, {params['mean_length']} steps long."
    classes = getattr(estimator, "classes_", None)
    if classes is not None:
        more = len(classes) - _MOST_CLASSES
        # A label may hold line breaks, which end a point.
        listed = ", ".join(" ".join(str(label).splitlines()) for label in classes[:_MOST_CLASSES])
        yield f"{len(classes)} classes: {listed}{f' and {more} more' if more > 0 else ''}."


def _of_series(estimator):
    panel = estimator._core.data.panel
    values = [series.values for series in panel.series]
    dated = panel.series[0]
    yield (
        f"Trained on {len(panel)} series, {sum(map(len, values)):,} rows in all, fingerprint "
        f"{joblib.hash(values)}."
    )
    if dated.is_dated:
        first, last = dated.index[[0, -1]]
        step = dated.step.in_words(dated.index)
        yield f"The first goes from {first} to {last}, in steps of {step}."
    yield f"Forecasts {', '.join(map(str, panel.targets))}."


def _of_model(estimator, blueprint):
    if not blueprint.is_plan:
        yield "A function of the user's own; what it builds is not described here."
    else:
        spec, plan = blueprint.plan.spec, blueprint.plan
        source = ", ".join(str(part) for part in (spec.authors, spec.year) if part)
        paper = f"{source}: {spec.paper}" if spec.paper else source
        yield f"{spec.title}{f' ({paper})' if paper else ''}."
        sizes = {**blueprint.sizes, "pooling": plan.head.pooling, **dict(plan.own)}
        said = [f"{name} {value}" for name, value in sizes.items() if value is not None]
        yield f"{', '.join(said)}."
    yield f"{estimator.n_parameters_:,} weights, the token embedding left out."


def _of_training(estimator, blueprint):
    params = estimator.params_
    if params.get("pretrained"):
        yield f"Starts from a language model: {params['pretrained']}."
    optimizer = json.loads(blueprint.optimizer)["class_name"]
    rate = params.get("learning_rate")
    rate = "" if rate is None else f", learning rate {rate:g}"
    yield f"{estimator.n_iter_} epochs, batches of {params['batch_size']}, {optimizer}{rate}."
    last = {name: values[-1] for name, values in estimator.history_.items() if values}
    if last:
        yield f"At the end: {', '.join(f'{name} {value:.4g}' for name, value in last.items())}."
    stopped = "on" if params.get("early_stopping") else "off"
    yield f"Early stopping {stopped}; {_seed(estimator)}."


def _seed(estimator):
    """What chance began from; a `random_state` that was set since is none of it."""
    state, seed = estimator.random_state, estimator._network.seed
    is_number = isinstance(state, Integral) and 0 <= state < 2**32
    is_its = is_number and draw_seed(state) == seed
    return f"random_state {state}" if is_its else f"seed {seed} of the network"


def _scores(estimator, X, y, is_forecast):
    if not is_forecast and X is not None and not get_task(estimator._tasks[0]).takes_y:
        return _text_scores(estimator, X)
    if y is None:
        return ["None: no test rows were given, and on its training rows a model has no score."]
    if is_forecast:
        return _forecast_scores(estimator, y)
    if get_task(estimator._tasks[0]).writes:
        return _written_scores(estimator, X, y)
    if _are_training_rows(estimator, X, y):
        return ["None: the rows given are those that it was trained on."]
    task, answers = estimator._task, estimator.predict(X)
    check_lengths(answers, y, every_step=task.per_step)
    y = estimator._like_answers(y)
    gain, weight = task.gains(y, answers)
    if not weight.any():
        return [f"None: the targets given are all equal, of which no {task.score_name} can be."]
    score = _with_interval(gain, weight)
    lines = [f"{task.score_name} {score} on {len(y):,} rows."]
    floor = floor_of(Facts(task.name, estimator.kind_))
    if floor is not None:
        constant = _total(*task.gains(y, floor.fit(X, y).predict(X)))
        lines.append(f"The best constant answer to these very rows: {constant:.4g}.")
    return [*lines, "Whether the rows were kept from every choice is for whoever gave them to say."]


def _are_training_rows(estimator, X, y):
    target = estimator.target_
    if isinstance(target, ClassTarget | TagTarget):
        codes = target.transform(y, unseen="code")
        is_known = (np.concatenate(codes) if isinstance(codes, list) else codes) != -1
        # They count as wrong; where there is no other, y is another's and an error.
        if is_known.any() and not is_known.all():
            return False
    fingerprint = estimator._read(X, y, None, vars(estimator))[3]
    return fingerprint in (estimator._network.trained_on or "")


def _text_scores(estimator, X):
    if estimator._knows(X):
        return ["None: the texts given are those that it was trained on."]
    logs, task = estimator.token_log_likelihood(X), estimator._task
    n_tokens = sum(map(len, logs))
    if not n_tokens:
        raise ValueError("X holds no token, so that there is nothing to score.")
    parts = np.array_split(logs[0], luck_parts(n_tokens)) if isinstance(X, str) else logs
    score = _with_interval(*task.gains([len(part) for part in parts], parts))
    return [
        f"{task.score_name} {score} on {n_tokens:,} tokens of {len(logs):,} "
        f"text{'s' * (len(logs) != 1)}.",
        f"Perplexity {estimator.perplexity(X):.4g}; {estimator.unknown_share(X):.2%} of the tokens "
        "are unknown.",
        "Whether the texts were kept from every choice is for whoever gave them to say.",
    ]


def _written_scores(estimator, X, y):
    if estimator._knows(X, y):
        return ["None: the pairs given are those that it was trained on."]
    score = f"{estimator.score_name_} {estimator.score(X, y):.4g} on {len(y):,} pairs"
    return [
        f"{score}, beams of {estimator.params_['beam_size']}.",
        "Whether the pairs were kept from every choice is for whoever gave them to say.",
    ]


def _forecast_scores(estimator, y):
    score, n_new = estimator._evaluation.score_of_new_rows(y)
    if not any(n_new):
        yield (
            "None: the rows given are those that it was trained on. backtest (`keraseq backtest`) "
            "scores one that is fitted anew on the first part of them."
        )
        return
    if score is None:
        horizon = estimator.params_["horizon"]
        yield (
            f"None: behind the rows that it was trained on are {max(n_new)}, and a score takes "
            f"{horizon}, its horizon."
        )
        return
    name = get_task(estimator._tasks[0]).score_name
    yield f"{name} {score:.4g}; -1 is as good as repeating the last season was in training."
    yield f"Of {sum(n_new):,} rows, none of them a training row."


def _total(gain, weight):
    return gain.sum() / weight.sum()


def _with_interval(gain, weight):
    """The score, and between what the score of endlessly many such rows may well lie."""
    low, high = (_of_shares if _are_right_or_wrong(gain, weight) else _of_draws)(gain, weight)
    return f"{_total(gain, weight):.4g} ({_COVERAGE:.0%} interval {low:.4g} to {high:.4g})"


def _are_right_or_wrong(gain, weight):
    return np.isin(gain, (0, 1)).all() and (weight == 1).all()


def _of_shares(gain, weight):
    """Wilson's interval, which of three rows that are all right does not say that all will be."""
    n_rows, share, z = len(gain), gain.mean(), norm.ppf((1 + _COVERAGE) / 2)
    centre = share + z**2 / (2 * n_rows)
    spread = z * np.sqrt(share * (1 - share) / n_rows + z**2 / (4 * n_rows**2))
    low, high = (np.array([-1, 1]) * spread + centre) / (1 + z**2 / n_rows)
    return max(low, 0.0), min(high, 1.0)


def _of_draws(gain, weight):
    """Where the scores of as many rows drawn anew lie."""
    n_rows = len(gain)
    counts = np.random.default_rng(0).multinomial(n_rows, np.full(n_rows, 1 / n_rows), _N_DRAWS)
    total = counts @ weight
    drawn = (counts @ gain)[total > 0] / total[total > 0]
    return np.quantile(drawn, [(1 - _COVERAGE) / 2, (1 + _COVERAGE) / 2])


def _limits(estimator, is_forecast):
    if is_forecast:
        params = estimator.params_
        yield f"Reads {params['lookback']} steps of history and forecasts {params['horizon']}."
        yield "Knows no change that its training series do not show."
        return
    longest = estimator.params_.get("max_length")
    if estimator.kind_ != "series":
        cut = f"longer ones are cut to {longest} tokens" if longest else "none is cut"
        if longest and get_task(estimator._tasks[0]).writes:
            cut = f"sources of more than {longest} are refused"
        yield f"Knows {estimator.encoder_.vocabulary_size_:,} tokens; {cut}."
    if hasattr(estimator, "classes_"):
        yield "Knows no class but these; its probabilities are as trained, not calibrated."
    yield "What differs from the training rows in kind, source or time may be answered worse."
