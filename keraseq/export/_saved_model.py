"""SavedModel, TensorFlow's own."""

import errno
import functools

ENDING = ""
PACKAGES = ("tensorflow",)
QUANTIZE = ()


def write(function, path, quantize=None, samples=None):
    """Write a folder whose endpoint "serve" takes any number of rows and steps."""
    import keras
    import tensorflow as tf

    archive = keras.export.ExportArchive()
    archive.track(function.model)
    call = functools.partial(function.model.__call__, training=False)
    specs = dict(zip(function.names, function.specs(None), strict=True))
    signature = specs if isinstance(function.model.input, dict) else next(iter(specs.values()))
    archive.add_endpoint("serve", call, input_signature=[signature])
    try:
        archive.write_out(str(path), verbose=False)
    except tf.errors.OpError as error:
        if "No space left" not in str(error):
            raise
        raise OSError(errno.ENOSPC, "No space left on device") from error
