"""What vectors of words that were trained on film reviews gain on the short sentences of SST-2.

    python benchmarks/word_vectors.py write skip_gram.vec                  # needs gensim
    python benchmarks/word_vectors.py write generator.vec --generator imdb.keraseq
    python benchmarks/word_vectors.py score skip_gram.vec generator.vec --labels 500 --write

The vectors read the 25,000 training reviews of IMDB and no label: by gensim's skip-gram (Mikolov et
al. 2013; 100 numbers, window 5, 5 passes), or as the embedding of a SequenceGenerator that
benchmarks/transfer.py has written. SST-2 keeps its split; a tenth of the training sentences is held
back, and each fit, of the others or of so many labels drawn from them, is scored on that tenth and
on the test part. All settings are the defaults; without vectors the embedding is as wide as by
default, and as the widest of them.
"""

import argparse
import os
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np
from _results import write_section
from sklearn.model_selection import train_test_split
from transfer import reviews

import keraseq
from keraseq import datasets
from keraseq.encoding import TextEncoder
from keraseq.encoding.reserved_ids import FIRST_FREE


def write(options):
    words, table = of_generator(options.generator) if options.generator else by_skip_gram()
    lines = (
        f"{word} {' '.join(map('{:.5f}'.format, row))}"
        for word, row in zip(words, table, strict=True)
    )
    (path,) = options.paths
    Path(path).write_text(
        "\n".join([f"{len(words)} {table.shape[1]}", *lines, ""]), encoding="utf-8"
    )
    print(f"{path}: {len(words):,} words of {table.shape[1]} numbers, spread {table.std():.3f}")


def of_generator(path):
    """The words that a generator knows, and their vectors."""
    generator = keraseq.load(path)
    words = generator.vocabulary_[FIRST_FREE:]
    table = generator.model_.get_layer("token_embedding").get_weights()[0]
    return words, table[FIRST_FREE:][: len(words)]


def by_skip_gram():
    """Words seen five times or more, and gensim's vectors of them."""
    from gensim.models import Word2Vec

    encoder = TextEncoder(max_tokens=100_000, max_length=None)
    rows = encoder.fit_transform(reviews("train")[0])
    vocabulary = np.array(encoder.vocabulary_, dtype=object)
    sentences = [vocabulary[row].tolist() for row in rows]
    # One worker, so that the order of the words is always the same.
    vectors = Word2Vec(sentences, vector_size=100, sg=1, epochs=5, workers=1, seed=0).wv
    words = [word for word in vectors.index_to_key if word not in vocabulary[:FIRST_FREE]]
    return words, vectors[words]


def score(options):
    X, y = datasets.fetch_sst2(subset="train", return_X_y=True)
    test, test_y = datasets.fetch_sst2(subset="test", return_X_y=True)
    X, judges, y, judges_y = train_test_split(X, y, test_size=0.1, stratify=y, random_state=9)
    rows = []
    for labels in options.labels or [len(X)]:
        for name, settings in arms(options.paths):
            found, covered = [], {}
            for seed in options.seeds:
                part, targets = X, y
                if labels < len(X):
                    part, _, targets, _ = train_test_split(
                        X, y, train_size=labels, stratify=y, random_state=seed
                    )
                model = keraseq.SequenceClassifier(options.model, random_state=seed, **settings)
                model.fit(part, targets)
                found.append([model.score(judges, judges_y), model.score(test, test_y)])
                covered = model.params_.get("embeddings_coverage", covered)
                print(f"{labels} labels, seed {seed}, {name}: {found[-1]} {covered}", flush=True)
            held_back, tested = np.transpose(found)
            rows.append(
                {
                    "labels": labels,
                    "embedding": name,
                    "held back": held_back.mean(),
                    "test accuracy": tested.mean(),
                    "lowest": tested.min(),
                    "highest": tested.max(),
                    **{f"share of the {of}": share for of, share in covered.items()},
                }
            )
    if options.write:
        notes = __doc__.partition("\n\n")[2].partition("\n\n")[2]
        write_section("Word vectors: SST-2", rows, seeds=options.seeds, notes=notes)


def arms(paths):
    """The settings by name: without vectors, at the default width and the widest, and with each."""
    yield "drawn", {}
    widths = []
    for path in paths:
        with open(path, encoding="utf-8") as file:
            widths.append(int(file.readline().split()[1]))
    yield f"drawn, {max(widths)} numbers", {"model_params": {"embedding_dim": max(widths)}}
    for path in paths:
        yield Path(path).stem, {"embeddings": path}


def main():
    made = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    jobs = {"write": write, "score": score}
    made.add_argument("job", choices=jobs)
    made.add_argument("paths", nargs="+", metavar="FILE.vec", help="of vectors")
    made.add_argument("--generator", metavar="FILE.keraseq", help="whose embedding is written")
    made.add_argument("--labels", nargs="+", type=int, help="all by default")
    made.add_argument("--model", default="gru")
    made.add_argument("--seeds", nargs="+", type=int, default=[0, 1, 2])
    made.add_argument("--write", action="store_true", help="a section of the page of scores")
    options = made.parse_args()
    jobs[options.job](options)


if __name__ == "__main__":
    main()
