"""TensorFlow without its notices: on the processor at its start, on tracing where many models run.

Whoever sets ``TF_CPP_MIN_LOG_LEVEL=0`` is shown all of them, and what is set is left as it is.
"""

import contextlib
import contextvars
import importlib.abc
import importlib.util
import logging
import os
import re
import sys

_LEVEL = "TF_CPP_MIN_LOG_LEVEL"
# A level hides what is below it: notices, warnings, errors.
_HIDDEN = {"1": "I", "2": "IW", "3": "IWE"}
_running_many = contextvars.ContextVar("running_many", default=False)


def install():
    """Set this up, unless TensorFlow has begun or everything is asked for."""
    if os.environ.setdefault(_LEVEL, "3") in _HIDDEN:
        logging.getLogger("tensorflow").addFilter(_is_wanted)
        if "tensorflow" not in sys.modules:
            sys.meta_path.insert(0, _QuietStart())


@contextlib.contextmanager
def many_models():
    """TensorFlow takes many models for one that is traced again and again; not in this block."""
    token = _running_many.set(True)
    try:
        yield
    finally:
        _running_many.reset(token)


def _is_wanted(record):
    return not (_running_many.get() and "triggered tf.function retracing" in record.getMessage())


class _QuietStart(importlib.abc.MetaPathFinder):
    """Lets TensorFlow be imported, whoever imports it, without what no setting of its own hides."""

    def find_spec(self, name, path=None, target=None):
        if name != "tensorflow":
            return None
        sys.meta_path.remove(self)
        spec = importlib.util.find_spec(name)
        if spec is not None:
            start = spec.loader.exec_module

            def start_quietly(module):
                with _without_notices():
                    start(module)

            spec.loader.exec_module = start_quietly
        return spec


@contextlib.contextmanager
def _without_notices():
    """Hold back what is written to standard error, and then write what is not a notice."""
    import tempfile

    try:
        kept = os.dup(2)
    except OSError:  # A process without standard error.
        yield
        return
    with tempfile.TemporaryFile() as held:
        os.dup2(held.fileno(), 2)
        try:
            yield
        finally:
            os.dup2(kept, 2)
            os.close(kept)
            held.seek(0)
            os.write(2, _without_log_lines(held.read()))


def _without_log_lines(text):
    levels = _HIDDEN[os.environ[_LEVEL]].encode()
    notice = b"WARNING: All log messages before|To enable the following instr|[%s]\\d{4} " % levels
    lines = text.splitlines(keepends=True)
    return b"".join(line for line in lines if not re.match(notice, line))
