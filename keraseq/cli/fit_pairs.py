"""Fit a model that writes as every recipe on pairs does, and print what makes its score honest."""

import numpy as np

import keraseq
from keraseq.cli.fitting import epochs, timed, training_bar
from keraseq.cli.printing import about, print_lines, with_error
from keraseq.cli.saving import save_model, save_plot


def transduce(options, pairs, **settings):
    """Fit, print what a reader needs to trust the score, and save what the options ask for.

    Beside it stands the answer of the training source that is most alike, by TF-IDF of letters.

    Parameters
    ----------
    options : Namespace
        With `decoder`.
    pairs : Pairs
    **settings
        Of :class:`keraseq.SequenceTransducer`.

    Returns
    -------
    model : SequenceTransducer
        Fitted.
    answers : list of str
        Of the test sources.
    """
    print_lines(data=options.data, split=pairs.split)
    model = keraseq.SequenceTransducer(
        options.model,
        options.decoder,
        epochs=epochs(options),
        callbacks=training_bar(),
        random_state=options.seed,
        **settings,
    )
    seconds = timed(model.fit, pairs.X, pairs.y)
    answers, rival = model.predict(pairs.X_test), _nearest(pairs)
    print_lines(**about(options, model, seconds))
    print_lines(
        accuracy=f"{_whole(answers, pairs)} of the answers are right to the last sign",
        scores=_scores(answers, pairs.y_test),
        baseline=f"{_whole(rival, pairs)}; {_scores(rival, pairs.y_test)} (the answer of the "
        "training source most alike)",
    )
    save_model(options, model)
    if options.plot:
        # Here, since it loads what a recipe without --plot does without.
        from keraseq.plots import AttentionMapsDisplay

        frame = model.attention(pairs.X_test[0])
        save_plot(options, AttentionMapsDisplay.from_frame(frame).plot().figure_)
    return model, answers


def _nearest(pairs):
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.neighbors import NearestNeighbors

    letters = TfidfVectorizer(analyzer="char_wb", ngram_range=(1, 4))
    index = NearestNeighbors(n_neighbors=1).fit(letters.fit_transform(pairs.X))
    found = index.kneighbors(letters.transform(pairs.X_test), return_distance=False)
    return [pairs.y[i] for i in found[:, 0]]


def _whole(answers, pairs):
    right = np.array(answers) == np.array(pairs.y_test)
    return with_error(right.mean(), len(right))


def _scores(answers, truth):
    try:
        from sacrebleu.metrics import BLEU, CHRF
    except ImportError:
        return (
            "BLEU and chrF with sacrebleu, which is not installed: "
            "pip install 'keraseq[translation]'"
        )
    found = (metric.corpus_score(answers, [truth]).score for metric in (BLEU(), CHRF()))
    return ", ".join(
        f"{name} {score:.1f}" for name, score in zip(("BLEU", "chrF"), found, strict=True)
    )
