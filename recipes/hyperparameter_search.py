"""A search over a pipeline: which settings of text and network score best, told by Optuna.

python recipes/hyperparameter_search.py                        # generated reviews, 20 trials
python recipes/hyperparameter_search.py --data trec --trials 60 --study trec.db
python recipes/hyperparameter_search.py --data mine.csv --text review --target stars

The study lies in a SQLite file: started again after a crash it goes on, and from a second terminal
meanwhile both work on one study. Trials are judged by cross validation within the training rows;
the best alone is asked the test rows. Needs optuna (extra `recipes`).
"""

import keraseq
from keraseq import cli


def first_words(texts, n):
    return [" ".join(text.split()[:n]) for text in texts]


def pipeline(options, n_words, **settings):
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import FunctionTransformer

    settings |= {"epochs": cli.epochs(options), "random_state": options.seed}
    shortened = FunctionTransformer(first_words, kw_args={"n": n_words})
    return make_pipeline(shortened, keraseq.SequenceClassifier(**settings))


def suggested(trial, options):
    return {
        "n_words": trial.suggest_int("n_words", 20, 200, log=True),
        "model": trial.suggest_categorical("model", options.model),
        "units": trial.suggest_int("units", 4, 8 if options.quick else 128, log=True),
        "learning_rate": trial.suggest_float("learning_rate", 5e-4, 2e-2, log=True),
    }


def run(options):
    optuna = cli.import_extra("optuna", "recipes")
    from sklearn.model_selection import cross_val_score

    rows = cli.text_data(options)
    cli.print_lines(data=options.data, split=rows.split)
    where = {"storage": f"sqlite:///{options.study}", "study_name": options.data}
    study = optuna.create_study(**where, direction="maximize", load_if_exists=True)

    def objective(trial):
        # By number, so that two processes on one study never draw the same.
        study.sampler = optuna.samplers.TPESampler(seed=options.seed + trial.number)
        model = pipeline(options, **suggested(trial, options))
        return cross_val_score(model, rows.X, rows.y, cv=3).mean()

    whole = (optuna.trial.TrialState.COMPLETE,)
    done = len(study.get_trials(deepcopy=False, states=whole))
    cli.print_lines(study=f"{options.study}, with {done} of {options.trials} trials")
    if done < options.trials:
        enough = optuna.study.MaxTrialsCallback(options.trials, states=whole)
        study.optimize(objective, callbacks=[enough])
    best = pipeline(options, **study.best_params).fit(rows.X, rows.y)
    rival = keraseq.baselines.text_baseline().fit(rows.X, rows.y)
    cli.print_lines(
        best=study.best_params,
        chosen=f"{study.best_value:.3f} accuracy in cross validation",
        accuracy=f"{best.score(rows.X_test, rows.y_test):.3f} on {len(rows.y_test)} test rows",
        baseline=f"{rival.score(rows.X_test, rows.y_test):.3f}, TF-IDF + logistic regression",
    )
    cli.save_model(options, best[-1])
    if options.plot:
        display = keraseq.plots.LearningCurvesDisplay.from_estimator(best[-1])
        cli.save_plot(options, display.figure_)


if __name__ == "__main__":
    names = {"text": "its texts", "target": "their classes"}
    made = cli.parser(__doc__, model=["gru", "bilstm", "text_cnn"], data="reviews", columns=names)
    made.add_argument("--study", metavar="FILE.db", default="study.db", help="holds the trials")
    made.add_argument("--trials", type=cli.positive, default=20, help="of all processes together")
    cli.main(run, made.parse_args())
