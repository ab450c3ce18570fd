"""Dialog: answer an utterance with the one that followed such utterances.

python recipes/dialog.py                                       # sentences of Python's documentation
python recipes/dialog.py --data mine.csv --source said --target answered

Each pair is an utterance and its answer; by default a sentence of the documentation that Python
brings and the next one. On a terminal it asks for utterances at the end; an empty line or Ctrl-C
ends that. 1,500 sentences teach which words go together, not what to say: give it a file of some
10,000 real exchanges.
"""

import sys

from keraseq import cli


def run(options):
    pairs = cli.pair_data(options)
    model, answers = cli.transduce(options, pairs, beam_size=options.beam)
    print("\nSome of the test part:")
    for said, answer in list(zip(pairs.X_test, answers, strict=True))[:3]:
        print(f"  > {said}\n  {answer}")
    if sys.stdin.isatty() and sys.stdout.isatty():
        converse(model)


def converse(model):
    print("\nYour turn; an empty line ends it.")
    while said := input("> ").strip():
        print(model.predict([said])[0])


if __name__ == "__main__":
    columns = {"source": "utterances", "target": "the answers to them"}
    made = cli.parser(__doc__, model="bigru", data="python_docs", columns=columns)
    made.add_argument("--decoder", choices=["lstm", "transformer"], default="lstm")
    made.add_argument("--beam", type=cli.positive, default=4, help="beginnings kept at each step")
    cli.main(run, made.parse_args())
