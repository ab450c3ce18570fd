"""Fit a model on a file, and save it.

  keraseq fit reviews.csv --target stars --text review -o stars.keraseq
  keraseq fit gestures.csv --target label --model inception_time -o gestures.keraseq
  keraseq fit book.txt --task language_model --set tokenizer=words -o writer.keraseq
  keraseq fit pairs.csv --task transduction --text english --target french -o french.keraseq
  keraseq fit sales.csv --date day --series shop --target sold --future promo --horizon 28 \\
      -o sales.keraseq

Without --text every column beside the target is a step of a series of numbers, or, in Parquet and
JSON lines, a channel whose cells are lists; a single column of words is the text. --target of
several columns makes several labels (0 and 1) or several numbers. For --task tagging, text and
target are words and tags between blanks, or lists. For --task language_model DATA is one long text,
with --lines a text a line, or a table whose --text column holds them, and there is no target.

--model auto, the default, compares three architectures on the training rows first (at most 4,000 of
them) and says who won by how much; of what writes it takes the estimator's default. Of several
series it takes at most 20, side by side at the dates that all have and without covariates; where
they share too few it takes the first one and says so.

With --pretrained writer.keraseq, saved by `keraseq fit --task language_model`, few rows of texts
start from what a language model has learned from many, in place of a --model.

The saved file says which columns it reads; `keraseq predict` goes by that.
"""

from keraseq.cli.choice import AUTO, model_name
from keraseq.cli.command_line import UsageError, seed
from keraseq.cli.problem import add_problem_options


def add_options(parser):
    add_problem_options(parser)
    parser.add_argument(
        "-o", "--output", required=True, metavar="FILE.keraseq", help="where to save the model"
    )
    parser.add_argument(
        "--model", default=AUTO, type=model_name, help="a name of `keraseq list`; auto by default"
    )
    parser.add_argument(
        "--pretrained", metavar="FILE.keraseq", help="a language model of texts to start from"
    )
    parser.add_argument(
        "--seed", type=seed, default=0, help="of weights and order of rows; 0 by default"
    )


def run(options):
    from keraseq.cli.choice import choose_model
    from keraseq.cli.fitting import timed, training_bar
    from keraseq.cli.output import check_output
    from keraseq.cli.problem import read_problem

    check_output(options.output, [".keraseq"])
    if options.pretrained is not None:
        _check_pretrained(options)
    problem = read_problem(options)
    settings = {"random_state": options.seed, "callbacks": training_bar()}
    if options.pretrained is not None:
        model, estimator = "pretrained", _pretrained(problem, options).set_params(**settings)
    else:
        model = options.model
        if model == AUTO:
            model = choose_model(problem, options.seed)
        estimator = problem.estimator(model, **settings)
    seconds = timed(problem.fit, estimator)
    # They have done their work, and have no form in a file.
    estimator.set_params(callbacks=None)
    estimator.table_ = problem.columns.to_dict()
    estimator.card()
    estimator.save(options.output)
    epochs = f"{estimator.n_iter_} epoch" + "s" * (estimator.n_iter_ != 1)
    print(
        f"{options.output}: {type(estimator).__name__} {model}, {estimator.n_parameters_:,} "
        f"weights, {epochs}, {seconds:.0f} s"
    )


def _check_pretrained(options):
    """Refuse, before the data are read, what nothing can start from."""
    import keraseq

    if options.model != AUTO:
        raise UsageError(
            f"--model {options.model} beside --pretrained, which brings its own model; leave one "
            "of them out."
        )
    held = keraseq.inspect(options.pretrained).facts["class"]
    if held != "SequenceGenerator":
        raise UsageError(
            f"--pretrained {options.pretrained} holds a {held}; it takes what "
            "`keraseq fit --task language_model` has saved."
        )


def _pretrained(problem, options):
    """An estimator that starts from the language model that --pretrained names."""
    estimator = problem.estimator_class(**problem.settings)
    if not hasattr(estimator, "pretrained"):
        raise UsageError(
            f"--pretrained is for texts with classes, numbers or tags, not for --task "
            f"{problem.task}."
        )
    if not problem.columns.text:
        raise UsageError("--pretrained reads texts, and no column holds any: name it with --text.")
    return estimator.set_params(pretrained=options.pretrained)
