"""Text classification: which class does a text belong to?

python recipes/text_classification.py                          # Python's own documentation
python recipes/text_classification.py --data trec --model bilstm
python recipes/text_classification.py --data mine.csv --text-col text --label-col topic

Also by name: sst2, imdb, airline_tweets, reviews. Without arguments half a minute on 2 cores:
expect about 0.65, below TF-IDF's 0.71: 1,500 sentences are few to learn words from.
"""

from sklearn.metrics import classification_report

from keraseq.baselines import text_baseline
from keraseq.cli.classify import classify
from keraseq.cli.command_line import main, parser
from keraseq.cli.labelled_data import text_data


def run(options):
    model, texts, truth = classify(
        options, text_data(options), text_baseline(), "TF-IDF of 1-2 words + logistic regression"
    )
    print("\nClass by class:")
    print(classification_report(truth, model.predict(texts), zero_division=0))


if __name__ == "__main__":
    columns = {"text-col": "its texts", "label-col": "their classes"}
    main(run, parser(__doc__, model="bilstm", data="python_docs", columns=columns).parse_args())
