"""Compare models on the rows of a file: who wins, by how much, and is it luck?

  keraseq compare reviews.csv --target stars --models lstm,gru,text_cnn --report report.html
  keraseq compare book.txt --task language_model --models gru,lstm,transformer
  keraseq compare sales.csv --date day --target sold --horizon 28 --models gru,dlinear

All get the same splits, the same effort, with --budget the same number of weights, and baselines
beside them. Several --series are compared side by side at the dates that all have, without
covariates; for others fit each model, and set their `keraseq backtest` side by side.
"""

from keraseq.cli.choice import model_names
from keraseq.cli.command_line import positive, seed
from keraseq.cli.problem import add_problem_options


def add_options(parser):
    add_problem_options(parser)
    group = parser.add_argument_group("comparison")
    group.add_argument("--models", required=True, type=model_names, help="names, joined by commas")
    group.add_argument("--runs", type=positive, default=5, help="fits of each model; 5 by default")
    group.add_argument("--seed", type=seed, default=0, help="of splits and weights")
    group.add_argument("--report", metavar="FILE.html", help="write the page with all of it")
    group.add_argument("--resume", metavar="FILE", help="keeps finished runs, to go on with")


def run(options):
    import keraseq
    from keraseq.cli.choice import one_frame
    from keraseq.cli.messages import say
    from keraseq.cli.output import check_output, write_text
    from keraseq.cli.problem import read_problem

    check_output(options.report, [".html"])
    problem = read_problem(options)
    X = problem.X
    if problem.columns.date:
        X, said = one_frame(problem)
        if X is None:
            raise ValueError(f"{options.data}: {said}.")
        say(f"compares on {said}")
    result = keraseq.compare(
        options.models,
        X,
        problem.y,
        n_seeds=options.runs,
        random_state=options.seed,
        resume=options.resume,
        **problem.terms_of_comparison(),
    )
    columns = ("score", "low", "high", "parameters", "seconds", "latency_ms")
    shown = result.table[[name for name in columns if name in result.table]]
    print(f"{result.metric}, with its 95 % interval, and what a fit costs:")
    print(shown.round(3).to_string(na_rep=""))
    print(f"\n{result.summary()}")
    if options.report:
        from keraseq.comparison.report import report_page

        write_text(options.report, report_page(result))
