"""Say which versions and devices there are, and what is missing for what.

keraseq doctor
"""

# An extra, the package by which it is known, and what for.
_EXTRAS = """
text        tokenizers   subword tokenizers
tagging     seqeval      scores of entities
plot        matplotlib   plots
recipes     statsmodels  ETS and Theta, real series
parquet     pyarrow      Parquet files
completion  shtab        completion in a shell
serve       fastapi      the service
export      tf2onnx      ONNX and LiteRT
"""


def add_options(parser):
    pass


def run(options):
    import importlib.util

    import keraseq

    keraseq.show_versions()
    print()
    for line in _EXTRAS.strip().splitlines():
        extra, package, what = line.split(maxsplit=2)
        if importlib.util.find_spec(package) is None:
            print(f"missing       {package}, for {what}: pip install 'keraseq[{extra}]'")
    print(_data_folder(), flush=True)
    print(_device())


def _data_folder():
    import os
    from pathlib import Path

    folder = os.environ.get("KERASEQ_DATA")
    if folder is None:
        return "data          KERASEQ_DATA is not set; data sets are downloaded when asked for"
    there = "" if Path(folder).is_dir() else ", which is no folder"
    return f"data          KERASEQ_DATA={folder}{there}"


def _device():
    """What models run on; the package that is asked takes seconds to load."""
    import keras

    name = keras.backend.backend()
    if name == "tensorflow":
        import tensorflow

        devices = tensorflow.config.list_physical_devices("GPU")
        n, hint = len(devices), "pip install 'tensorflow[and-cuda]' brings CUDA where there is one"
        return f"device        {f'{n} GPU' if n else f'no GPU ({hint})'}, by {name}"
    return f"device        as {name} finds it"
