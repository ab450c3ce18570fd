"""Write `keraseq/__init__.pyi`, so that editors complete names that load on first use.

Run ``python -m keraseq._stubs`` after adding a model.
"""

import inspect
from pathlib import Path

import keraseq


def stub_text():
    """Return the text of the stub file."""
    from keraseq.builders import builder_signature
    from keraseq.models import find_model, model_file_names

    lines = [
        "# Written by `python -m keraseq._stubs`; do not edit.",
        "# ruff: noqa",
        "# fmt: off",
        "import keras",
        "",
        *(f"from keraseq import {stage} as {stage}" for stage in keraseq._STAGES),
    ]
    lines += [f"from {module} import {name} as {name}" for name, module in keraseq._EXPORTS.items()]
    lines += ["", "__version__: str", ""]
    for name in model_file_names():
        lines.append(f"def {name}(")
        starred = False
        for parameter in builder_signature(find_model(name)).parameters.values():
            if parameter.kind is parameter.KEYWORD_ONLY and not starred:
                lines.append("    *,")
                starred = True
            default = (
                "" if parameter.default is inspect.Parameter.empty else f"={parameter.default!r}"
            )
            lines.append(f"    {parameter.name}{default},")
        lines.append(") -> keras.Model: ...")
    return "\n".join(lines) + "\n"


def main():
    Path(keraseq.__file__).with_suffix(".pyi").write_text(stub_text(), encoding="utf-8")


if __name__ == "__main__":
    main()
