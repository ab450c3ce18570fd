"""Few labels, many texts: what is gained by reading all texts before the labels?

python recipes/finetune.py                                     # Python's own documentation
python recipes/finetune.py --data imdb --sizes 100 500 2000    # downloads 84 MB; hours on 2 cores
python recipes/finetune.py --data mine.csv --text text --target topic --plot curve.png

A language model learns to write the training texts, whose labels it does not see. Classifiers of
ever more labels then start from it, or from a draw, with the same body; TF-IDF, the baseline, sees
the labelled texts alone. --save keeps the pretrained one of the most labels.
"""

import keraseq
from keraseq import cli


def run(options):
    rows = cli.text_data(options)
    texts, test = ([text.lower() for text in part] for part in (rows.X, rows.X_test))
    cli.print_lines(data=options.data, split=rows.split)
    generator = keraseq.SequenceGenerator(
        options.model,
        tokenizer="words",
        max_tokens=10_000,
        random_state=options.seed,
        **({"units": 32, "epochs": 1} if options.quick else {}),
    )
    seconds = cli.timed(generator.fit, texts)
    cli.print_lines(
        model=f"{options.model}, {generator.n_parameters_:,} parameters",
        training=f"{seconds:.0f} s to read {len(texts):,} texts, then perplexity "
        f"{generator.perplexity(test):.0f} on the words of the test part",
    )
    settings = {"epochs": cli.epochs(options), "random_state": options.seed}
    models = {
        "baseline (TF-IDF)": keraseq.baselines.text_baseline(),
        "from scratch": keraseq.SequenceClassifier(
            options.model, units=generator.params_["units"], **settings
        ),
        "pretrained": keraseq.SequenceClassifier(pretrained=generator, **settings),
    }
    print("\naccuracy on the test part, by number of labels")
    print(" " * 8, *map("{:>18}".format, models))
    curve = {}
    for chosen in parts(rows.y, options):
        part, labels = [texts[i] for i in chosen], rows.y[chosen]
        scores = [model.fit(part, labels).score(test, rows.y_test) for model in models.values()]
        curve[len(chosen)] = scores
        said = (f"{score:.3f} ± {(score * (1 - score) / len(test)) ** 0.5:.3f}" for score in scores)
        print(f"{len(chosen):>8,}", *map("{:>18}".format, said), flush=True)
    cli.save_model(options, models["pretrained"])
    if options.plot:
        plt = cli.import_extra("matplotlib.pyplot", "plot")
        figure, axes = plt.subplots()
        axes.plot(list(curve), list(curve.values()), marker="o", label=list(models))
        axes.set(xlabel="labels", ylabel="accuracy on the test part", xscale="log")
        axes.legend()
        cli.save_plot(options, figure)


def parts(y, options):
    """The rows of each of the --sizes, as many of each class as there are in all."""
    # Here, since --help does without it.
    from sklearn.model_selection import train_test_split

    every = list(range(len(y)))
    for size in options.sizes:
        if len(set(y)) <= size < len(y) - len(set(y)):
            settings = {"stratify": y, "random_state": options.seed}
            yield train_test_split(every, train_size=size, **settings)[0]
    yield every


if __name__ == "__main__":
    columns = {"text": "its texts", "target": "their classes"}
    made = cli.parser(__doc__, model="gru", data="python_docs", columns=columns)
    sizes = {"nargs": "+", "type": cli.positive, "default": [50, 150, 500]}
    made.add_argument("--sizes", **sizes, help="numbers of labels, beside all")
    cli.main(run, made.parse_args())
