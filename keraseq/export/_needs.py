"""What of a user's a file only names, and its reader must bring."""

import functools
import json

from keraseq._checks import nearest_names
from keraseq.export.artifact_error import ArtifactError

FUNCTION, ARCHITECTURE, OPTIMIZER = "function", "registered model", "registered optimizer"
_MEND = {
    FUNCTION: "hand it in by keraseq.load(path, functions={{{name!r}: ...}})",
    ARCHITECTURE: "run its @keraseq.register_model or register_preset before, or hand the "
    "registered function in by keraseq.load(path, functions={{{name!r}: ...}})",
    OPTIMIZER: "run its @keras.saving.register_keras_serializable before",
}


class Needs:
    """The names that a file uses.

    Attributes
    ----------
    entries : dict of str to dict
        Name -> what it is and where it was found.
    """

    def __init__(self):
        self.entries, self._values = {}, {}

    def add_function(self, function, path):
        """Note a callable of a user's and return the name that the file uses."""
        from keraseq.models import find_model, is_registered

        if is_registered(function):
            return self.add_architecture(find_model(function))
        whole = where_is(function)
        for name in (whole.rpartition(".")[2], whole, f"{whole} in {path}"):
            if self.entries.get(name, {}).get("what") == ARCHITECTURE:
                continue
            if self._values.setdefault(name, function) is function:
                self.entries[name] = {"what": FUNCTION, "where": whole}
                return name
        raise ArtifactError(f"{path} holds several functions that are all called {whole}.")

    def add_architecture(self, spec):
        """Note an architecture and return its name."""
        if spec.name in self._values:
            raise ArtifactError(
                f"a function and a registered model are both called {spec.name}; rename one."
            )
        if not spec.is_ours:
            self.entries[spec.name] = {"what": ARCHITECTURE, "where": spec.module}
        return spec.name

    def add_optimizer(self, config):
        """Note what of an optimiser's configuration is no part of Keras."""
        for part in _parts(json.loads(config) if isinstance(config, str) else config):
            name = part.get("registered_name")
            if part.get("module") is None and name is not None:
                self.entries[name] = {"what": OPTIMIZER, "where": "Keras's registry"}


def where_is(function):
    """The module and name of a callable, or of its class."""
    if isinstance(function, functools.partial):
        # What it wraps is what a user knows it by.
        return where_is(function.func)
    named = function if hasattr(function, "__qualname__") else type(function)
    module = getattr(named, "__module__", None) or "builtins"
    return f"{module}.{named.__qualname__}".replace(".<locals>", "")


def bring(entries, functions):
    """Return what the names stand for here.

    Parameters
    ----------
    entries : dict
        Of a file's `Needs`.
    functions : dict
        What the user hands in.

    Returns
    -------
    dict of str to object
        Functions as they are, architectures as their ModelSpec.

    Raises
    ------
    ArtifactError
        Naming all that is missing, and how to bring it.
    """
    found, missing = {}, []
    for name, entry in entries.items():
        what = entry["what"]
        value = functions.get(name)
        if what == ARCHITECTURE:
            value = _spec(name if value is None else value)
        elif what == OPTIMIZER:
            value = _registered(name)
        elif what != FUNCTION:
            raise ValueError(f"{name!r:.60} is a {what!r:.60}")
        if value is None:
            mend = _MEND[what].format(name=name)
            missing.append(
                f"the {what} {name!r} ({entry['where']!s:.200}): {mend}."
                f"{nearest_names(name, functions)}"
            )
        found[name] = value
    if missing:
        raise ArtifactError(
            "The file uses what is not keraseq's own, and which it only names: nothing is imported "
            "because of a file. Missing: " + " ".join(missing)
        )
    return found


def check_functions(functions):
    """Return what a user hands in as a dict."""
    functions = {} if functions is None else functions
    if not isinstance(functions, dict):
        raise TypeError(
            f"functions={functions!r} must be a dict of names to functions, as the error or "
            "keraseq.inspect(path) tells them."
        )
    for name, value in functions.items():
        if not callable(value):
            raise TypeError(f"functions[{name!r}]={value!r} cannot be called.")
    return functions


def _spec(name):
    from keraseq.models import find_model, is_registered

    return find_model(name) if is_registered(name) else None


def _registered(name):
    from keras.saving import get_registered_object

    return get_registered_object(name)


def _parts(config):
    """A configuration and all those within it."""
    if isinstance(config, dict):
        if "class_name" in config:
            yield config
        for value in config.values():
            yield from _parts(value)
    elif isinstance(config, list | tuple):
        for value in config:
            yield from _parts(value)


def check_optimizer(config):
    """Raise unless a configuration is of Keras's own optimisers, or of registered ones.

    Keras would look up what it names, and so call whatever of Keras has such a name.
    """
    import keras

    config = json.loads(config) if isinstance(config, str) else config
    if not isinstance(config, dict) or not any(True for _ in _parts(config)):
        raise ValueError(f"{config!r:.60} is no optimizer")
    homes = {
        "keras.optimizers": (keras.optimizers, keras.optimizers.Optimizer),
        "keras.optimizers.schedules": (
            keras.optimizers.schedules,
            keras.optimizers.schedules.LearningRateSchedule,
        ),
    }
    for part in _parts(config):
        module, registered = part.get("module"), part.get("registered_name")
        if module is None and registered is not None and _registered(registered) is not None:
            continue
        home, base = homes.get(module, (None, ()))
        kind = vars(home).get(part["class_name"]) if home is not None else None
        if registered is not None or not isinstance(kind, type) or not issubclass(kind, base):
            raise ValueError(f"{module}.{part['class_name']!r:.60} is no optimizer of Keras")
    return config
