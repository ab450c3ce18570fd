"""Sentiment of reviews: is it praise or blame?

python recipes/sentiment.py                                    # generated reviews
python recipes/sentiment.py --data imdb --model bilstm         # downloads 84 MB at the first call
python recipes/sentiment.py --data mine.csv --text review --target stars

Also by name: sst2, airline_tweets. Without arguments half a minute on 2 cores: expect about 0.98,
where TF-IDF, blind to the order of words, has 0.65.
"""

import numpy as np

import keraseq
from keraseq import cli


def run(options):
    rows, rival = cli.text_data(options), keraseq.baselines.text_baseline()
    model = cli.classify(options, rows, rival, "TF-IDF of 1-2 words + logistic regression")
    texts, truth = rows.X_test, rows.y_test
    print("\nWhere it was surest and wrong:")
    probability, guess = model.predict_proba(texts), model.predict(texts)
    wrong = np.flatnonzero(guess != truth)
    for i in wrong[np.argsort(-probability[wrong].max(axis=1))][:3]:
        text = " ".join(texts[i].split())
        text = text if len(text) <= 160 else f"{text[:80]} ... {text[-75:]}"
        print(f"  {guess[i]} ({probability[i].max():.2f}), in truth {truth[i]}: {text}")


if __name__ == "__main__":
    columns = {"text": "its texts", "target": "their classes"}
    made = cli.parser(__doc__, model="bilstm", data="reviews", columns=columns)
    cli.main(run, made.parse_args())
