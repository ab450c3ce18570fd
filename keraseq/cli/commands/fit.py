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

The saved file says which columns it reads; `keraseq predict` goes by that.
"""

from keraseq.cli.choice import AUTO, model_name
from keraseq.cli.command_line import seed
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
        "--seed", type=seed, default=0, help="of weights and order of rows; 0 by default"
    )


def run(options):
    from keraseq.cli.choice import choose_model
    from keraseq.cli.fitting import timed, training_bar
    from keraseq.cli.output import check_output
    from keraseq.cli.problem import read_problem

    check_output(options.output, [".keraseq"])
    problem = read_problem(options)
    model = options.model
    if model == AUTO:
        model = choose_model(problem, options.seed)
    estimator = problem.estimator(model, random_state=options.seed, callbacks=training_bar())
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
