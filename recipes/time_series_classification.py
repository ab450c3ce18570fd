"""Time series classification: which class made this series?

python recipes/time_series_classification.py                   # digits as 8 steps of 8 pixels
python recipes/time_series_classification.py --data JapaneseVowels --model gru
python recipes/time_series_classification.py --data mine.csv --target label

A name is one of the UCR and UEA archives (timeseriesclassification.com), with their own split. A
CSV file holds a series a row: its label in one column, its steps in the others, shorter series
with empty cells at the end. Without arguments half a minute on 2 cores: expect 0.91 to 0.92, a
little below 1-nearest neighbour's 0.947 on these small images.
"""

import keraseq
from keraseq import cli


def run(options):
    rows, rival = cli.series_data(options), keraseq.baselines.NearestNeighbour()
    cli.classify(options, rows, rival, "1-nearest neighbour")


if __name__ == "__main__":
    columns = {"target": "classes; every other column is a step"}
    made = cli.parser(__doc__, model="gru", data="digit_rows", columns=columns)
    cli.main(run, made.parse_args())
