"""Translation: BLEU and chrF on 1,000 held pairs of the first 30,000 of eng_fra.

    python benchmarks/translation.py --write               # at the defaults
    python benchmarks/translation.py --validate epochs=10 units=256
    python benchmarks/translation.py --decoder transformer beam_size=4

No English sentence of the held pairs stands among those of training. With --validate other 1,000
pairs, of training's sentences, are translated in their place, so that nothing is chosen on the held
ones. Needs sacrebleu, and eng_fra in the folder that KERASEQ_DATA names or a download.
"""

import argparse
import ast
import json
import sys
import time

import numpy as np
from _results import write_section

import keraseq
from keraseq.datasets import fetch_eng_fra

N_PAIRS, N_HELD = 30_000, 1_000


def split(sources, n_held, seed):
    """Rows to train on, and `n_held` whose sources stand nowhere among those."""
    different, group = np.unique(sources, return_inverse=True)
    order = np.random.default_rng(seed).permutation(len(different))
    rank = np.empty(len(different), int)
    rank[order] = np.arange(len(different))
    rows = np.argsort(rank[group], kind="stable")
    held = rows[:n_held]
    taken = set(group[held].tolist())
    return np.array([i for i in range(len(sources)) if group[i] not in taken]), np.sort(held)


def read_settings(given):
    settings = {}
    for pair in given:
        name, _, value = pair.partition("=")
        try:
            settings[name] = ast.literal_eval(value)
        except (SyntaxError, ValueError):
            settings[name] = value
    return settings


def main():
    try:
        from sacrebleu.metrics import BLEU, CHRF
    except ImportError:
        sys.exit("benchmarks/translation.py needs sacrebleu: pip install 'keraseq[translation]'")
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("settings", nargs="*", help="of SequenceTransducer, name=value")
    parser.add_argument("--encoder", default="bilstm")
    parser.add_argument("--decoder", default="lstm")
    parser.add_argument("--pairs", type=int, default=N_PAIRS)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--validate", action="store_true")
    parser.add_argument("--write", action="store_true", help="a section of the page of scores")
    options = parser.parse_args()
    X, y = (
        np.array(part, object) for part in fetch_eng_fra(n_pairs=options.pairs, return_X_y=True)
    )
    train, held = split(X.astype(str), N_HELD, seed=0)
    if options.validate:
        kept, judged = split(X[train].astype(str), N_HELD, seed=1)
        train, held = train[kept], train[judged]
    assert not set(X[train]) & set(X[held])
    settings = {"verbose": 2, "random_state": options.seed, **read_settings(options.settings)}
    model = keraseq.SequenceTransducer(options.encoder, options.decoder, **settings)
    clocks = time.perf_counter, time.process_time
    begin = [clock() for clock in clocks]
    model.fit(list(X[train]), list(y[train]))
    fit = [clock() - start for clock, start in zip(clocks, begin, strict=True)]
    rows = []
    for beam in (1, 4):
        start = time.perf_counter()
        answers = model.predict(list(X[held]), beam_size=beam)
        seconds = time.perf_counter() - start
        bleu, chrf = (m.corpus_score(answers, [list(y[held])]).score for m in (BLEU(), CHRF()))
        row = {"beam": beam, "BLEU": bleu, "chrF": chrf, "predict, s": round(seconds, 1)}
        rows.append({**row, "fit, s": round(fit[0]), "fit, CPU s": round(fit[1])})
        print(json.dumps(rows[-1]), flush=True)
    for row in range(0, N_HELD, N_HELD // 8):
        print(f"{X[held][row]}  ->  {answers[row]}  ({y[held][row]})")
    said = {name: value for name, value in model.params_.items() if value is not None}
    facts = f"{len(train):,} pairs, {model.n_iter_} epochs, {model.n_parameters_:,} weights"
    print(facts, json.dumps(said, default=str), sep="\n")
    if options.write and not options.validate:
        notes = f"{__doc__.partition('No English')[1]}{__doc__.partition('No English')[2]}"
        title = f"Translation, eng_fra, {options.encoder} and {options.decoder}"
        write_section(title, rows, seeds=options.seed, notes=f"{facts}. {notes}")


if __name__ == "__main__":
    main()
