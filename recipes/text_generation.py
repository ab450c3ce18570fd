"""Text generation: a network that writes on in the manner of what it has read.

python recipes/text_generation.py                              # Python's documentation
python recipes/text_generation.py --data shakespeare --prompt "ROMEO:" --epochs 8
python recipes/text_generation.py --data mine.txt --tokenizer words --temperature 0.7

The last tenth of the text is the test part. Printed are the nats a token there (lower is better) of
the network and of Kneser-Ney n-grams beside it, and a sample as it is written. On tiny Shakespeare
a GRU at its defaults has 1.48 nats a character, the n-grams 1.52.
"""

from pathlib import Path

import keraseq
from keraseq import cli, datasets


def read(data):
    """One long text: a data set's by its name, or that of a file."""
    if data == "python_docs":
        return datasets.load_python_docs(subset="all", as_text=True).data
    if data == "shakespeare":
        return datasets.fetch_tiny_shakespeare(subset="all").data
    return Path(data).read_text(encoding="utf-8")


def run(options):
    text = read(options.data)
    text = text[:20_000] if options.quick else text
    train, test = text[: -len(text) // 10], text[-len(text) // 10 :]
    quick = {"units": 32, "epochs": 1} if options.quick else {}
    settings = {"epochs": options.epochs} if options.epochs else {}
    generator = keraseq.SequenceGenerator(
        options.model,
        tokenizer=options.tokenizer,
        random_state=options.seed,
        verbose=2,
        **{**quick, **settings},
    ).fit(train)
    reading = {"tokenizer": options.tokenizer}
    rival = keraseq.baselines.NgramLanguageModel(**reading).fit(train)
    shares = keraseq.baselines.NgramLanguageModel(1, **reading).fit(train)
    n_tokens = len(generator.encode(test)[0]) - 1
    print(f"\nNats a token on the last tenth ({n_tokens:,} tokens):")
    print(f"  {options.model:24} {-generator.score(test):.3f}")
    print(f"  {f'n-grams, up to {rival.ngrams_.order}':24} {-rival.score(test):.3f}")
    print(f"  {'shares of the tokens':24} {-shares.score(test):.3f}\n")
    print(options.prompt, end=" " if options.prompt and options.tokenizer == "words" else "")
    for piece in generator.stream(
        options.prompt,
        options.length,
        temperature=options.temperature,
        random_state=options.seed,
    ):
        print(piece, end="", flush=True)
    print()
    cli.save_model(options, generator)
    if options.plot:
        display = keraseq.plots.LearningCurvesDisplay.from_estimator(generator)
        cli.save_plot(options, display.figure_)


if __name__ == "__main__":
    made = cli.parser(__doc__, model="gru", data="python_docs", columns={})
    kinds = ["characters", "subwords", "words"]
    made.add_argument("--tokenizer", choices=kinds, default=kinds[0])
    made.add_argument("--prompt", default="", help="what the sample begins with")
    made.add_argument("--length", type=cli.positive, default=600, help="tokens of the sample")
    made.add_argument("--temperature", type=float, default=0.8, help="0 takes the likeliest token")
    cli.main(run, made.parse_args())
