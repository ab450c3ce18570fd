"""LSTM against simple RNN, GRU, BiLSTM and Transformer: is it as the textbook says?

python recipes/lstm_versus.py
python recipes/lstm_versus.py --quick          # does it run?

Each claim is measured at equal size and answered with its uncertainty: yes, no, or open where the
runs cannot tell. Data: the adding task, generated reviews, digits as rows of pixels, and yearly
sunspots. Half an hour on 2 cores: expect memory and LSTM's cost confirmed, the speed of GRU and
Transformer not.
notebooks/lstm_and_its_rivals.ipynb tells the same with figures.
"""

import argparse
import textwrap
import time

from keraseq import cli


def run(options):
    # Here, since it loads TensorFlow, which --help does without.
    import _claims

    costs, scores = _claims.Costs(), _claims.Scores()
    claims = {
        "LSTM keeps gradients where the simple RNN loses them.": _claims.keeps_gradients,
        "LSTM remembers longer than the simple RNN.": _claims.remembers_longer,
        "GRU has three quarters of LSTM's recurrent weights and trains faster.": (
            costs.gru_is_cheaper
        ),
        "LSTM costs more than the simple RNN.": costs.lstm_costs_more,
        "GRU and LSTM score alike on most tasks.": scores.gru_scores_like_lstm,
        "Transformer runs in parallel: it is faster than LSTM.": costs.transformer_is_parallel,
        "Transformer needs more data than short dated series have.": scores.transformer_needs_data,
    }
    for claim, measure in claims.items():
        begin = time.perf_counter()
        is_so, evidence = measure(options)
        answer = {True: "yes", False: "no", None: "open"}[is_so]
        text = f"{answer}: {evidence} [{time.perf_counter() - begin:.0f} s]"
        print(f"\n{claim}\n{textwrap.indent(textwrap.fill(text, 96), '  ')}", flush=True)
    for name in ("reviews", "digits", "sunspots"):
        result = scores.result(name, options)
        columns = ["score", "low", "high", "parameters", "seconds"]
        print(f"\n{name}, {result.metric}:\n{result.table[columns].round(3).to_string(na_rep='')}")


if __name__ == "__main__":
    made = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    made.add_argument("--seed", type=cli.seed, default=0)
    made.add_argument("--quick", action="store_true", help="tiny sizes: does it run?")
    cli.main(run, made.parse_args())
