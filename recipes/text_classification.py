"""Text classification: which class does a text belong to?

python recipes/text_classification.py                          # Python's own documentation
python recipes/text_classification.py --data trec --model bilstm
python recipes/text_classification.py --data mine.csv --text text --target topic

Also by name: sst2, imdb, airline_tweets, reviews. Without arguments half a minute on 2 cores:
expect 0.70 to 0.72, level with TF-IDF's 0.71: 1,500 sentences are few to learn words from.
"""

import keraseq
from keraseq import cli


def run(options):
    # Here, since --help does without it.
    from sklearn.metrics import classification_report

    rows, rival = cli.text_data(options), keraseq.baselines.text_baseline()
    model = cli.classify(options, rows, rival, "TF-IDF of 1-2 words + logistic regression")
    print("\nClass by class:")
    print(classification_report(rows.y_test, model.predict(rows.X_test), zero_division=0))


if __name__ == "__main__":
    columns = {"text": "its texts", "target": "their classes"}
    made = cli.parser(__doc__, model="bilstm", data="python_docs", columns=columns)
    cli.main(run, made.parse_args())
