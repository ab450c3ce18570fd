"""Write `keraseq/__init__.pyi`, so that editors complete names that load on first use.

Run ``python -m keraseq._stubs`` after adding a model; with ``--check`` it fails where the file is
stale.
"""

import sys
from pathlib import Path

import keraseq

# The arguments that every builder shares, once for all of them.
_OPTIONS = "BuilderOptions"
_TYPES = {
    "task": "str",
    "vocabulary_size": "int | None",
    "embedding_dim": "int | None",
    "embedding_dropout": "float | None",
    "token_dropout": "float | None",
    "ngrams": "int | None",
    "tie_embedding": "bool | None",
    "patch_length": "int | None",
    "patch_stride": "int | None",
    "skip_steps": "int | None",
    "channels": 'Literal["independent", "mixed"] | None',
    "pooling": 'Literal["mean", "max", "mean_max", "last", "ends", "last_mean_max"] | None',
    "quantiles": "Sequence[float] | None",
    "parameter_budget": "int | None",
    "flop_budget": "int | None",
    "units": "int | None",
    "num_layers": "int | None",
    "dropout": "float | None",
    "logits": "bool",
    "seed": "int | None",
}


def stub_text():
    """Return the text of the stub file."""
    from keraseq.models import model_file_names

    lines = [
        "# Written by `python -m keraseq._stubs`; do not edit.",
        "# ruff: noqa",
        "# fmt: off",
        "from collections.abc import Sequence",
        "from typing import Literal, TypedDict, Unpack",
        "",
        "import keras",
        "",
        *(f"from keraseq import {stage} as {stage}" for stage in keraseq._STAGES),
        *(f"from {module} import {name} as {name}" for name, module in keraseq._EXPORTS.items()),
        *("", "__version__: str", "", f"class {_OPTIONS}(TypedDict, total=False):"),
        *(f"    {name}: {type_}" for name, type_ in _TYPES.items()),
        "",
    ]
    lines += [_builder(name) for name in model_file_names()]
    return "\n".join(lines) + "\n"


def _builder(name):
    from keraseq.models import find_model

    spec = find_model(name)
    own = [f"{own}={spec.default(own)!r}" for own in spec.own_parameters]
    arguments = ["input_shape", "outputs", *(["*", *own] if own else [])]
    return f"def {name}({', '.join(arguments)}, **options: Unpack[{_OPTIONS}]) -> keras.Model: ..."


def main(arguments):
    """Write the stub file, or with ``--check`` compare it."""
    path = Path(keraseq.__file__).with_suffix(".pyi")
    if "--check" not in arguments:
        path.write_text(stub_text(), encoding="utf-8")
    elif path.read_text(encoding="utf-8") != stub_text():
        sys.exit(f"{path.name} is stale; run python -m keraseq._stubs")


if __name__ == "__main__":
    main(sys.argv[1:])
