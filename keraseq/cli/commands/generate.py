"""Write texts with a saved SequenceGenerator.

  keraseq fit book.txt --task language_model -o writer.keraseq
  keraseq generate writer.keraseq --prompt "To be" --length 300 --temperature 0.8
  keraseq generate writer.keraseq --n 5 --top-p 0.9 --stop "." --seed 0
  cat beginning.txt | keraseq generate writer.keraseq --prompt - --echo

A text is shown as it is written, token by token. Several are divided by lines of ---, or with
--json each is a line.
"""

from keraseq.cli.command_line import UsageError, positive, seed
from keraseq.cli.file_text import STANDARD_INPUT


def add_options(parser):
    parser.add_argument("model", metavar="FILE.keraseq", help="a model that was saved")
    group = parser.add_argument_group("texts")
    group.add_argument(
        "--prompt", default="", help='what stands before; "-" reads it from standard input'
    )
    group.add_argument("--length", type=int, default=200, metavar="N", help="tokens at most; 200")
    group.add_argument("--n", type=positive, default=1, help="how many texts; 1 by default")
    group.add_argument(
        "--stop",
        action="append",
        metavar="TEXT",
        help="a text ends before it; may be given several times",
    )
    group.add_argument("--echo", action="store_true", help="write the prompt, too")
    group.add_argument("--json", action="store_true", help="write each text as a line of JSON")
    group = parser.add_argument_group("choice of each token")
    group.add_argument(
        "--temperature", type=float, default=1.0, help="below 1 likelier ones, 0 the likeliest; 1"
    )
    group.add_argument("--top-k", type=int, metavar="K", help="of the K likeliest alone")
    group.add_argument(
        "--top-p", type=float, metavar="SHARE", help="of the likeliest that have it together"
    )
    group.add_argument(
        "--seed", type=seed, help="equal ones give equal texts; by default none is as the last"
    )


def run(options):
    import keraseq

    prompt = _read_prompt(options)
    estimator = keraseq.load(options.model)
    if not hasattr(estimator, "generate"):
        raise UsageError(
            f"{options.model} writes no texts of its own; `keraseq predict` answers rows with it."
        )
    is_words = estimator.kind_ == "words"
    settings = {
        "prompt": prompt.split() if is_words else prompt,
        "length": options.length,
        "temperature": options.temperature,
        "top_k": options.top_k,
        "top_p": options.top_p,
        "stop": options.stop,
        "random_state": options.seed,
    }
    write = _Writer(
        prompt if options.echo else "",
        glue=" " if is_words else "",
        # Blanks between words are no tokens.
        gap="" if estimator.tokenizer in ("characters", "subwords") and not is_words else " ",
        backward=estimator.backward,
    )
    if options.n == 1 and not options.json and not estimator.backward:
        write.pieces(estimator.stream(**settings))
        return
    texts = estimator.generate(**settings, n=options.n)
    write.texts(texts if options.n > 1 else [texts], as_json=options.json)


def _read_prompt(options):
    import sys

    if options.prompt != STANDARD_INPUT:
        return options.prompt
    return sys.stdin.buffer.read().decode("utf-8-sig")


class _Writer:
    """Writes texts, or lists of tokens, to standard output beside a prompt."""

    def __init__(self, prompt, *, glue, gap, backward):
        self._prompt, self._glue, self._backward = prompt, glue, backward
        border = prompt[:1] if backward else prompt[-1:]
        self._gap = gap if border and not border.isspace() else ""

    def pieces(self, pieces):
        print(self._prompt, end="", flush=True)
        before = self._gap
        for piece in pieces:
            print(before + self._glue.join(piece), end="", flush=True)
            before = self._glue
        print()

    def texts(self, texts, *, as_json):
        import json

        for place, text in enumerate(texts):
            parts = [self._prompt, self._glue.join(text)]
            whole = self._gap.join(filter(None, reversed(parts) if self._backward else parts))
            if place and not as_json:
                print("---")
            print(json.dumps(whole, ensure_ascii=False) if as_json else whole)
