"""The pieces of scripts that read sequences: texts, words, token ids, series."""

from keraseq.export._script import Piece

# From raw values to ids or numbers.
CLEAN = Piece(
    '''\
def clean(text):
    """Without HTML, and each character in one form (NFKC); at most 30 marks on a character."""
    text = re.sub(SETTINGS["patterns"]["tag"], " ", text)
    text = html.unescape(re.sub(SETTINGS["patterns"]["endless_reference"], "\\ufffd", text))
    text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    text = text.translate({ord(one): other for one, other in SETTINGS["variants"].items()})
    kept, marks = [], 0
    for character in text:
        marks = marks + 1 if unicodedata.category(character).startswith("M") else 0
        if marks <= 30:
            kept.append(character)
    return unicodedata.normalize("NFKC", "".join(kept))
''',
    ("import html", "import re", "import unicodedata"),
)
AS_GIVEN = Piece(
    '''\
def clean(text):
    """As it is, but for halves of characters."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
'''
)
_LOWER = {True: ".lower()", False: ""}


def tokens_of_words(lowercase):
    return Piece(
        f'''\
WORD = regex.compile(SETTINGS["patterns"]["token"])
UNSPACED = regex.compile(SETTINGS["patterns"]["unspaced"])


def tokens_of(text):
    """Words, numbers, emoji and punctuation of a text."""
    text = clean(text){_LOWER[lowercase]}
    return WORD.findall(UNSPACED.sub(r" \\g<0> ", text))
''',
        ("import regex",),
        "regex",
    )


def tokens_of_characters(lowercase):
    return Piece(
        f'''\
def tokens_of(text):
    """The characters of a text."""
    text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return [character{_LOWER[lowercase]} for character in text]
'''
    )


def tokens_given(lowercase):
    return Piece(
        f'''\
def tokens_of(words):
    """The words of a text, which come cut already."""
    if isinstance(words, str):
        raise TypeError("X holds a string; the model was trained on lists of words.")
    return [word{_LOWER[lowercase]} for word in words]
'''
    )


def tokens_of_function(name, lowercase):
    return Piece(
        f'''\
TOKENIZE = None  # set it to {name}, with which the vocabulary was learned


def tokens_of(text):
    """What the user's own function makes of a text."""
    if TOKENIZE is None:
        raise ValueError("Set TOKENIZE to the function {name} before.")
    return TOKENIZE(text{_LOWER[lowercase]})
'''
    )


_SHORTEN = """\
    longest = SETTINGS["lengths"]["longest"]
    if longest is not None and len(ids) > longest:  # the first quarter, the last three
        head = longest // 4
        ids = np.concatenate([ids[:head], ids[len(ids) - (longest - head) :]])
    return ids
"""
IDS_OF_TOKENS = Piece(
    f'''\
IDS = {{token: i for i, token in enumerate(SETTINGS["vocabulary"]) if i >= 4}}
PADDING = np.zeros(1, np.int32)


def encode(text):
    """The ids of a text's tokens; 1 is an unknown one."""
    ids = np.array([IDS.get(token, 1) for token in tokens_of(text)], np.int32)
{_SHORTEN}'''
)


def ids_of_subwords(lowercase):
    return Piece(
        f'''\
SUBWORDS = tokenizers.Tokenizer.from_str(json.dumps(SETTINGS["subwords"]))
SUBWORDS.encode_special_tokens = True
PADDING = np.zeros(1, np.int32)


def encode(text):
    """The ids of a text's subwords."""
    text = clean(text){_LOWER[lowercase]}
    ids = np.array(SUBWORDS.encode(text, add_special_tokens=False).ids, np.int32)
{_SHORTEN}''',
        ("import tokenizers",),
        "tokenizers",
    )


IDS_OF_IDS = Piece(
    f'''\
PADDING = np.zeros(1, np.int32)


def encode(ids):
    """A user's ids as the network's: k becomes k + 3, what training did not see 1."""
    ids = np.trim_zeros(np.asarray(ids), "b")
    if ids.ndim != 1 or (ids != ids.astype(np.int32)).any() or (ids <= 0).any():
        raise ValueError("A row of X must hold ids from 1 up, and 0 at its end alone.")
    ids = np.where(ids < SETTINGS["vocabulary_size"] - 3, ids + 3, 1).astype(np.int32)
{_SHORTEN}'''
)


def numbers(missing, has_names):
    """Reading a series, what is missing in it filled and flagged or an error."""
    middle, named = _FILL if missing == "fill" else _REFUSE, _NAMED if has_names else ""
    return Piece(
        f'''\
CENTRE, SCALE = np.array(SETTINGS["scaling"]["centre"]), np.array(SETTINGS["scaling"]["scale"])
PADDING = np.full((1, SETTINGS["inputs"][0]["shape"][-1]), np.nan, np.float32)


def encode(row):
    """A series `(time,)` or `(time, channels)`, scaled; NaN at its end is padding."""
{named}    row = np.asarray(row, dtype=float)
    row = row.reshape(len(row), len(CENTRE)) if row.ndim == 1 and len(CENTRE) == 1 else row
    if not len(row):
        row = row.reshape(0, len(CENTRE))
    if row.ndim != 2 or row.shape[1] != len(CENTRE):
        raise ValueError(f"A row of X has shape {{row.shape}}, not (time, {{len(CENTRE)}}).")
    time = SETTINGS["lengths"]["time"]
    if time is not None and len(row) != time:
        raise ValueError(f"A row of X has {{len(row)}} steps; this network reads {{time}}.")
    real = np.flatnonzero(~np.isnan(row).all(axis=1))
    row = row[: real[-1] + 1 if len(real) else 0]
{middle}    if not np.isfinite(scaled).all():
        raise ValueError("A row of X holds a number that is infinite once scaled.")
    return scaled
'''
    )


_NAMED = """\
    row = row[SETTINGS["channels"]] if hasattr(row, "columns") else row
"""
_REFUSE = """\
    if np.isnan(row).any():
        step = int(np.isnan(row).any(axis=1).argmax())
        raise ValueError(f"A row of X holds NaN in step {step}, before its end.")
    scaled = ((row - CENTRE) / SCALE).astype(np.float32)
"""
_FILL = """\
    missing = np.isnan(row)  # the last value before stands for it, or training's mean
    last = np.maximum.accumulate(np.where(missing, -1, np.arange(len(row))[:, None]), axis=0)
    before = np.take_along_axis(row, np.maximum(last, 0), axis=0)
    row = np.where(last >= 0, before, SETTINGS["scaling"]["mean"])
    scaled = np.concatenate([(row - CENTRE) / SCALE, missing], axis=1).astype(np.float32)
"""

# From rows to the network's output.


def outputs(gives_probabilities, link, *, per_step, has_columns, has_names):
    """Running rows of one length at a time; a table must have training's columns."""
    logits = _LOGITS[link] if gives_probabilities else ""
    kept, check = "output[:length]" if per_step else "output", _COLUMNS if has_columns else ""
    check += _NAMES if has_names else ""
    return Piece(
        f'''\
def outputs(X):
    """The network's output for each row; rows of one length at a time, so that none is padded."""
    if isinstance(X, str):
        raise TypeError("X is one string; put it in a list.")
{check}    rows = [encode(row) for row in (X.to_numpy() if hasattr(X, "to_numpy") else X)]
    found = [None] * len(rows)
    for length in {{len(row) for row in rows}}:
        places = [place for place, row in enumerate(rows) if len(row) == length]
        batch = np.stack([rows[place] if length else PADDING for place in places])
        values = run({{SETTINGS["inputs"][0]["name"]: batch}})
{logits}        for place, output in zip(places, values, strict=True):
            found[place] = {kept}
    return found
'''
    )


_COLUMNS = """\
    columns = SETTINGS["lengths"]["columns"]
    if getattr(X, "ndim", 0) == 2 and X.shape[1] != columns:
        raise ValueError(f"X has {X.shape[1]} columns, training {columns}; other lengths: a list.")
"""
_NAMES = """\
    names = SETTINGS["lengths"]["names"]
    if list(getattr(X, "columns", names)) != names:
        raise ValueError(f"X must have the columns of training, in the same order: {names[:5]}...")
"""
_LOGITS = {
    "softmax": """\
        values = np.log(np.clip(values, np.finfo(np.float32).tiny, 1))  # of probabilities
""",
    "sigmoid": """\
        values = np.clip(values, 1e-38, 1 - 6e-8)  # probabilities
        values = np.log(values) - np.log1p(-values)
""",
    None: "",
}

# From outputs to answers.
_SOFTMAX = """\
CLASSES = SETTINGS["classes"]


def softmax(values):
    values = np.exp(values - values.max(axis=-1, keepdims=True))
    return values / values.sum(axis=-1, keepdims=True)

"""
ONE_CLASS = Piece(
    f'''\
{_SOFTMAX}
def predict_proba(X):
    """The probability of each of CLASSES, a row for each of X."""
    return softmax(np.array(outputs(X)))


def predict(X):
    """The most probable class of each row."""
    return [CLASSES[int(output.argmax())] for output in outputs(X)]
'''
)
CLASS_A_STEP = Piece(
    f'''\
{_SOFTMAX}
def predict_proba(X):
    """For each row an array: a line a step, and in it the probability of each of CLASSES."""
    return [softmax(output) for output in outputs(X)]


def predict(X):
    """For each row the most probable class of every step."""
    return [[CLASSES[i] for i in output.argmax(axis=-1)] for output in outputs(X)]
'''
)
MANY_CLASSES = Piece(
    '''\
CLASSES = SETTINGS["classes"]


def predict_proba(X):
    """The probability of each of CLASSES by itself, a row for each of X."""
    return 1 / (1 + np.exp(-np.array(outputs(X))))


def predict(X):
    """1 for every class of probability above one half, a row for each of X."""
    return (np.array(outputs(X)) > 0).astype(int)
'''
)


def numbers_answered(one_dimensional):
    said = "a number" if one_dimensional else "numbers"
    return Piece(
        f'''\
def predict(X):
    """The predicted {said} of each row, in the units of training."""
    scale, centre = (np.array(SETTINGS["targets"][name]) for name in ("scale", "centre"))
    limits = np.finfo(np.float32)
    values = np.clip(np.array(outputs(X)) * scale + centre, limits.min, limits.max)
    return values{"[:, 0]" if one_dimensional else ""}
'''
    )


def main(reads_text):
    line = 'line.rstrip("\\n")' if reads_text else "json.loads(line)"
    return Piece(
        f"""\
if __name__ == "__main__":
    for line in sys.stdin:
        answer = predict([{line}])[0]
        print(json.dumps(answer.tolist() if hasattr(answer, "tolist") else answer))
""",
        ("import sys",),
    )
