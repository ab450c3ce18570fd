"""Time series classification: which class made this series?

python recipes/time_series_classification.py                   # digits as 8 steps of 8 pixels
python recipes/time_series_classification.py --data JapaneseVowels --model gru
python recipes/time_series_classification.py --data mine.csv --label-col label

A name is one of the UCR and UEA archives (timeseriesclassification.com), with their own split. A
CSV file holds a series a row: its label in one column, its steps in the others, shorter series
with empty cells at the end. Without arguments half a minute on 2
cores: expect about 0.94, the level of 1-nearest neighbour on these small images.
"""

from keraseq.baselines import NearestNeighbour
from keraseq.cli.classify import classify
from keraseq.cli.command_line import main, parser
from keraseq.cli.labelled_data import series_data


def run(options):
    classify(options, series_data(options), NearestNeighbour(), "1-nearest neighbour")


if __name__ == "__main__":
    columns = {"label-col": "classes; every other column is a step"}
    main(run, parser(__doc__, model="gru", data="digit_rows", columns=columns).parse_args())
