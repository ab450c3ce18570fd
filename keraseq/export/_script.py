"""The generated script, put together from pieces by what a model reads and answers."""

import json
import textwrap
from dataclasses import dataclass

LONGEST = 120


@dataclass(frozen=True)
class Piece:
    """A part of a script.

    Attributes
    ----------
    code : str
    imports : tuple of str
        Lines that it needs.
    package : str or None
        What of them must be installed.
    """

    code: str
    imports: tuple = ()
    package: str | None = None


_HEADER = '''\
"""Answer as {what} does, without keraseq.

{needs}

{usage}
"""
'''
_SETTINGS = """\
FILE = Path(__file__).with_name({name})
SETTINGS = json.loads(Path(f"{{FILE}}.json").read_text(encoding="utf-8"))
"""
_IMPORTS = ("import json", "from pathlib import Path", "import numpy as np")
_LITERT = Piece(
    """\
NETWORK = Interpreter(str(FILE))


def run(inputs):
    \"\"\"The network's output for arrays by the names of its inputs, of as many rows each.\"\"\"
    places = {one["name"].partition(":")[0]: one["index"] for one in NETWORK.get_input_details()}
    for name, array in inputs.items():
        NETWORK.resize_tensor_input(places[name], (1, *array.shape[1:]))  # it reads one row
    NETWORK.allocate_tensors()
    rows = []
    for row in range(len(next(iter(inputs.values())))):
        for name, array in inputs.items():
            NETWORK.set_tensor(places[name], array[row : row + 1])
        NETWORK.invoke()
        rows.append(NETWORK.get_tensor(NETWORK.get_output_details()[0]["index"]))
    return np.concatenate(rows)
""",
    ("from ai_edge_litert.interpreter import Interpreter",),
    "ai-edge-litert",
)
_LITERT_FIXED = Piece(
    """\
NETWORK = Interpreter(str(FILE))
NETWORK.allocate_tensors()


def run(inputs):
    \"\"\"The network's output for arrays by the names of its inputs, of one row each.\"\"\"
    for one in NETWORK.get_input_details():
        NETWORK.set_tensor(one["index"], inputs[one["name"].partition(":")[0]])
    NETWORK.invoke()
    return NETWORK.get_tensor(NETWORK.get_output_details()[0]["index"])
""",
    ("from ai_edge_litert.interpreter import Interpreter",),
    "ai-edge-litert",
)
RUNTIMES = {
    "onnx": Piece(
        """\
NETWORK = onnxruntime.InferenceSession(str(FILE))


def run(inputs):
    \"\"\"The network's output for arrays by the names of its inputs, of as many rows each.\"\"\"
    return NETWORK.run(None, inputs)[0]
""",
        ("import onnxruntime",),
        "onnxruntime",
    ),
    "litert": _LITERT,
    "litert, fixed": _LITERT_FIXED,
    "saved_model": Piece(
        """\
NETWORK = tensorflow.saved_model.load(str(FILE)).signatures["serving_default"]


def run(inputs):
    \"\"\"The network's output for arrays by the names of its inputs, of as many rows each.\"\"\"
    given = {name: tensorflow.constant(array) for name, array in inputs.items()}
    return next(iter(NETWORK(**given).values())).numpy()
""",
        ("import tensorflow",),
        "tensorflow",
    ),
}


def write_script(name, runtime, pieces, *, what, usage):
    """Put a script together.

    Parameters
    ----------
    name : str
        Of the file with the network.
    runtime : str
        One of RUNTIMES.
    pieces : list of Piece
        In the order in which they stand, behind that of the runtime.
    what, usage : str
        What the model is, and how the script is called.

    Returns
    -------
    str
        Of at most 120 lines; where two empty ones between functions would be too many, one is, or
        none.
    """
    pieces = [RUNTIMES[runtime], *pieces]
    imports = sorted({*_IMPORTS, *(line for piece in pieces for line in piece.imports)})
    packages = ["numpy", *(piece.package for piece in pieces if piece.package)]
    # As a docstring has it.
    called = name.replace("\\", "\\\\").replace('"', '\\"')
    header = _HEADER.format(
        what=what,
        needs=textwrap.fill(
            f"Needs {_listed(dict.fromkeys(packages))}, and beside it {called} and {called}.json.",
            100,
        ),
        usage=usage.replace("{script}", f"{called}_predict.py"),
    )
    settings = _SETTINGS.format(name=json.dumps(name, ensure_ascii=False))
    blocks = [settings, *(piece.code for piece in pieces)]
    for gap in ("\n\n", "\n", ""):
        text = "\n".join([header, _sorted(imports), _joined(blocks, gap)])
        if len(text.splitlines()) <= LONGEST:
            break
    return text


def _joined(blocks, gap="\n\n"):
    """Two empty lines around functions, none between assignments."""
    text = ""
    for block in blocks:
        begins, before = block.startswith(("def ", "if ")), text.rstrip().rpartition("\n")[2]
        text += gap if begins or before.startswith(" ") else ""
        text += block
    return text


def _sorted(imports):
    """As isort has them: of Python, then of others."""
    own = [line for line in imports if line.split()[1].partition(".")[0] in _OF_PYTHON]
    others = [line for line in imports if line not in own]
    groups = [sorted(group, key=lambda line: line.startswith("from")) for group in (own, others)]
    return "\n".join([*groups[0], "", *groups[1], ""])


_OF_PYTHON = ("html", "json", "pathlib", "re", "sys", "unicodedata")


def _listed(names):
    *most, last = names
    return f"{', '.join(most)} and {last}" if most else last
