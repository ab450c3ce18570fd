"""The formats, and who can hold what another cannot."""

import tempfile
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

from keraseq._checks import check_choice, import_extra
from keraseq.export import _litert, _onnx, _saved_model
from keraseq.export._network_function import NetworkFunction
from keraseq.export.artifact_error import ArtifactError

_MODULES = {"onnx": _onnx, "litert": _litert, "saved_model": _saved_model}


@dataclass(frozen=True)
class Format:
    """A format by its name.

    Attributes
    ----------
    name : str
    module : module
        With `write`, ENDING, PACKAGES and QUANTIZE.
    """

    name: str
    module: ModuleType

    @classmethod
    def find(cls, name):
        return cls(check_choice("format", name, _MODULES), _MODULES[name])

    @property
    def ending(self):
        return self.module.ENDING

    def check_installed(self):
        """Raise ImportError with the pip command where a package is missing."""
        for package in self.module.PACKAGES:
            import_extra(package, "export")

    def check_quantize(self, quantize):
        """Raise unless its numbers can be made smaller in this way."""
        if quantize is None:
            return
        able = [name for name, module in _MODULES.items() if module.QUANTIZE]
        if not self.module.QUANTIZE:
            raise ValueError(
                f"quantize={quantize!r} is for format={' or '.join(map(repr, able))}, not for "
                f"{self.name!r}; leave it out."
            )
        check_choice("quantize", quantize, self.module.QUANTIZE)

    def write(self, function, path, quantize=None, samples=None):
        """Write a network.

        Raises
        ------
        ArtifactError
            For what the format cannot hold: the layer, and the formats that can.
        """
        try:
            self.module.write(function, path, quantize, samples)
        except (ValueError, TypeError, NotImplementedError, RuntimeError) as error:
            raise ArtifactError(self._refused(function, error)) from error

    def _refused(self, function, error):
        others = [
            repr(name)
            for name, module in _MODULES.items()
            if name != self.name and _can(module, function)
        ]
        can = f"format={' or '.join(others)} can" if others else "no other format can either"
        said = str(error).strip().partition("\n")[0][:300]
        return f"format={self.name!r} cannot hold {self._layer(function)}; {can}. It says: {said}"

    def _layer(self, function):
        """The first layer with which a network cannot be written, by halving."""
        import keras

        model = function.model
        layers = [layer for layer in getattr(model, "operations", ()) if _has_output(layer)]
        first, last = 0, len(layers) - 1
        while first < last:
            middle = (first + last) // 2
            part = keras.Model(model.input, layers[middle].output)
            if _can(self.module, NetworkFunction.of(part)):
                first = middle + 1
            else:
                last = middle
        if not layers:
            return f"this model, a {type(model).__name__}"
        return f"the layer {layers[first].name!r} ({type(layers[first]).__name__})"


def _has_output(layer):
    try:
        return layer.output is not None
    except (AttributeError, ValueError):
        return False


def _can(module, function):
    with tempfile.TemporaryDirectory() as folder:
        try:
            module.write(function, Path(folder, f"part{module.ENDING}"))
        except Exception:
            # Whatever a converter raises, it cannot write this part.
            return False
    return True
