"""ONNX, by tf2onnx."""

import functools
import logging

import numpy as np

ENDING = ".onnx"
PACKAGES = ("tf2onnx", "onnx", "onnxruntime")
QUANTIZE = ()
# The oldest that has all that attention and recurrent layers need.
_OPSET = 18


def write(function, path, quantize=None, samples=None):
    """Write a network with any number of rows and steps.

    Parameters
    ----------
    function : NetworkFunction
    path : pathlib.Path
    quantize, samples : None

    Raises
    ------
    ValueError
        Naming what ONNX has no operator for.
    """
    import tf2onnx

    _teach_erfc()
    logger = logging.getLogger("tf2onnx.tfonnx")
    refused = _Refused()
    logger.addFilter(refused)
    try:
        tf2onnx.convert.from_function(
            function.traced(None), function.specs(None), opset=_OPSET, output_path=str(path)
        )
    finally:
        logger.removeFilter(refused)
    if refused.said:
        raise ValueError("; ".join(refused.said))


class _Refused(logging.Filter):
    """Keeps what tf2onnx says of operators that it then leaves in an invalid file."""

    def __init__(self):
        super().__init__()
        self.said = []

    def filter(self, record):
        if record.levelno >= logging.ERROR:
            self.said.append(record.getMessage())
        return False


@functools.cache
def _teach_erfc():
    """GELU is written by erfc, which ONNX lacks and tf2onnx does not know."""
    from tf2onnx.handler import tf_op

    @tf_op("Erfc")
    class Erfc:
        @classmethod
        def version_9(cls, graph, node, **kwargs):
            output = node.output[0]
            known = {"dtypes": [graph.get_dtype(output)], "shapes": [graph.get_shape(output)]}
            graph.remove_node(node.name)
            erf = graph.make_node("Erf", [node.input[0]], **known).output[0]
            one = graph.make_const(f"{node.name}_one", np.ones((), np.float32)).output[0]
            graph.make_node("Sub", [one, erf], outputs=[output], name=node.name, **known)
