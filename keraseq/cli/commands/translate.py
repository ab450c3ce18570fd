"""Write what a saved SequenceTransducer makes of each line.

  keraseq fit pairs.csv --task transduction --text english --target french -o french.keraseq
  echo "I am here." | keraseq translate french.keraseq
  keraseq translate french.keraseq english.txt --beam 4 > french.txt

Each line of the file, or of standard input, has one of the result: an empty one an empty one, and
line ends within an answer become blanks. Rows of a table, numbers too, are for `keraseq predict`.
"""

import itertools

from keraseq.cli.command_line import UsageError, positive
from keraseq.cli.file_text import STANDARD_INPUT

_CHUNK = 256


def add_options(parser):
    parser.add_argument("model", metavar="FILE.keraseq", help="a model that was saved")
    parser.add_argument(
        "data", metavar="FILE", nargs="?", default=STANDARD_INPUT, help="lines; stdin by default"
    )
    parser.add_argument(
        "--beam", type=positive, metavar="N", help="answers kept at each step; the model's own"
    )
    parser.add_argument(
        "--length-penalty", type=float, metavar="X", help="more favours long answers"
    )
    parser.add_argument("--encoding", help="such as cp1252; utf-8 by default")


def run(options):
    import keraseq
    from keraseq.cli.corpus import read_lines

    estimator = keraseq.load(options.model)
    if not hasattr(estimator, "attention"):
        raise UsageError(
            f"{options.model} makes no sequence of another; `keraseq predict` answers rows with it."
        )
    if estimator.kind_ not in ("text", "words"):
        raise UsageError(f"{options.model} reads numbers; `keraseq predict` reads them of a table.")
    lines, first = read_lines(options), 1
    while chunk := list(itertools.islice(lines, _CHUNK)):
        said = f"{options.data}, lines {first:,} to {first + len(chunk) - 1:,}"
        print("\n".join(_answers(estimator, chunk, options, said)), flush=True)
        first += len(chunk)


def _answers(estimator, lines, options, said):
    """The answer to each line as one line."""
    sources = [line.split() for line in lines] if estimator.kind_ == "words" else lines
    settings = {"beam_size": options.beam, "length_penalty": options.length_penalty}
    try:
        answers = estimator.predict(sources, **settings)
    except ValueError as error:
        raise ValueError(f"{said}: {error}") from None
    for line, answer in zip(lines, answers, strict=True):
        text = answer if isinstance(answer, str) else " ".join(answer)
        yield " ".join(text.splitlines()) if line.strip() else ""
