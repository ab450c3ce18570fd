"""The registry, the names that load on first use, and the one way that imports point."""

import ast
import configparser
import inspect
import subprocess
import sys
from pathlib import Path

import keras
import pytest

import keraseq
from keraseq import _stubs
from keraseq._stubs import stub_text
from keraseq.builders.plan import shared_names
from keraseq.models import find_model
from keraseq.tasks import task_names

STAGES = [
    "datasets",
    "encoding",
    "batching",
    "tasks",
    "stems",
    "models",
    "builders",
    "training",
    "baselines",
    "wrappers",
    "comparison",
    "plots",
    "export",
    "cli",
]
PACKAGE = Path(keraseq.__file__).parent
FILES = sorted(PACKAGE.rglob("*.py"))
TREES = {file: ast.parse(file.read_text(encoding="utf-8")) for file in FILES}
MOST_LINES = 350
MOST_LINES_OF_A_BASE = 250


pytestmark = pytest.mark.usefixtures("registry_as_before")


def loaded_by(statement):
    code = (
        f"import sys; {statement}; "
        "print(*(m for m in ('tensorflow', 'keras', 'sklearn', 'pandas') if m in sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return done.stdout.split()


def test_importing_keraseq_loads_no_heavy_package():
    assert loaded_by("import keraseq; dir(keraseq)") == []


def test_importing_a_stage_does_not_load_keras():
    loaded = loaded_by(f"import keraseq; [getattr(keraseq, s) for s in {STAGES[:3]}]")
    assert not {"tensorflow", "keras"} & set(loaded)


def stage_of(file):
    """The folder that a file lies in; None for what all stages use."""
    first = file.relative_to(PACKAGE).parts[0]
    return None if first.endswith(".py") else first


def names_imported(node):
    """What an import statement brings, as dotted names within keraseq."""
    if isinstance(node, ast.Import):
        names = [alias.name for alias in node.names]
    elif isinstance(node, ast.ImportFrom):
        assert node.level == 0, "relative import"
        names = [f"{node.module}.{alias.name}" for alias in node.names]
    else:
        return []
    return [name.removeprefix("keraseq.") for name in names if name.startswith("keraseq.")]


def test_every_folder_of_the_package_is_a_stage():
    folders = {stage_of(file) for file in FILES} - {None}
    assert folders == set(STAGES)


def test_imports_point_one_way():
    """At module level; files beside the stages' folders reach none of them."""
    found = [
        f"{file} reaches up to {name}"
        for file, tree in TREES.items()
        for node in tree.body
        for name in names_imported(node)
        if name.partition(".")[0] in STAGES and is_later(name.partition(".")[0], stage_of(file))
    ]
    assert found == []


def is_later(stage, than):
    return than is None or STAGES.index(stage) > STAGES.index(than)


def test_of_another_stage_only_public_names_are_imported():
    """In functions too; what lies beside the stages' folders is everybody's."""
    found = []
    for file, tree in TREES.items():
        for name in (name for node in ast.walk(tree) for name in names_imported(node)):
            stage, *rest = name.split(".")
            if stage != stage_of(file) and any(part.startswith("_") for part in rest):
                found.append(f"{file} imports {name}")
    assert found == []


def task_names_in(tree):
    """Comparisons, dict keys and lists with a task's name: (line, name).

    What is asked for or declared is none: default arguments, `task=` and `tasks=` of a call, and
    an estimator's `_tasks`.
    """
    declared = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.keyword) and node.arg in ("task", "tasks"):
            declared.update(ast.walk(node.value))
        elif isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "_tasks":
            declared.update(ast.walk(node))
        elif isinstance(node, ast.arguments):
            for default in filter(None, [*node.defaults, *node.kw_defaults]):
                declared.update(ast.walk(default))
    places = {
        ast.Compare: lambda node: [node.left, *node.comparators],
        ast.Dict: lambda node: node.keys,
        ast.List: lambda node: node.elts,
        ast.Tuple: lambda node: node.elts,
        ast.Set: lambda node: node.elts,
        ast.MatchValue: lambda node: [node.value],
        ast.Subscript: lambda node: [node.slice],
    }
    return [
        (part.lineno, part.value)
        for node in ast.walk(tree)
        for part in places.get(type(node), lambda node: [])(node)
        if isinstance(part, ast.Constant) and part.value in task_names() and part not in declared
    ]


def test_tasks_are_told_apart_in_their_own_folder_alone():
    found = {
        str(file): names
        for file, tree in TREES.items()
        if stage_of(file) != "tasks" and (names := task_names_in(tree))
    }
    assert found == {}


@pytest.mark.parametrize(
    ("code", "names"),
    [
        ("if task == 'regression': pass", ["regression"]),
        ("if task in ('tagging', name): pass", ["tagging"]),
        ("words = {'multilabel': 1, 'other': 2}", ["multilabel"]),
        ("words['forecasting']", ["forecasting"]),
        ("def f(x, task='regression'): pass", []),
        ("f(task='regression'); register(tasks=('tagging',))", []),
        ("class A:\n    _tasks = ('classification', 'multilabel')", []),
    ],
)
def test_what_counts_as_telling_tasks_apart(code, names):
    assert [name for _, name in task_names_in(ast.parse(code))] == names


def test_files_and_bases_are_short():
    lines = {str(file): len(file.read_text(encoding="utf-8").splitlines()) for file in FILES}
    assert {file: n for file, n in lines.items() if n > MOST_LINES} == {}
    classes = [n for tree in TREES.values() for n in ast.walk(tree) if isinstance(n, ast.ClassDef)]
    bases = {getattr(base, "id", "") for node in classes for base in node.bases}
    sizes = {n.name: n.end_lineno - n.lineno + 1 for n in classes if n.name in bases}
    assert {name: n for name, n in sizes.items() if n > MOST_LINES_OF_A_BASE} == {}


def test_every_extra_that_an_error_names_is_declared():
    setup = configparser.ConfigParser()
    setup.read(PACKAGE.parent / "setup.cfg")
    named = {
        node.args[1].value
        for tree in TREES.values()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "import_extra"
    }
    assert {"text", "plot", "tagging"} <= named <= set(setup["options.extras_require"])


def test_editors_are_told_of_every_argument_of_a_builder():
    parameters = inspect.signature(keraseq.build).parameters.values()
    shared = [p.name for p in parameters if p.kind is p.KEYWORD_ONLY]
    assert list(_stubs._TYPES) == shared
    assert set(shared_names()) == set(shared)


def test_stub_file_is_what_the_generator_writes():
    assert PACKAGE.joinpath("__init__.pyi").read_text(encoding="utf-8") == stub_text()


def test_list_models_by_pattern_and_task():
    assert {"simple_rnn", "lstm", "gru", "bilstm", "transformer"} <= set(keraseq.list_models())
    assert keraseq.list_models("bi*") == ["bigru", "bilstm"]
    assert keraseq.list_models("no such *") == []
    assert keraseq.list_models("bi*", task="forecasting") == ["bigru", "bilstm"]
    with pytest.raises(ValueError, match="Did you mean 'tagging'"):
        keraseq.list_models(task="taging")


def test_misspelt_names_get_the_nearest():
    with pytest.raises(ValueError, match="Did you mean 'bilstm'"):
        keraseq.build("bilstn", (None, 2), 2)
    with pytest.raises(ValueError, match="Did you mean 'transformer'"):
        keraseq.model_info("transfomer")
    with pytest.raises(AttributeError, match="Did you mean 'bilstm'"):
        keraseq.bilstmm  # noqa: B018


def zoo_model(name="mine", module="cell"):
    def body(x, mask, *, units=64, num_layers=1, dropout=0.0):
        return x

    body.__name__ = body.__qualname__ = name
    body.__module__ = module
    return body


def test_registering_again_replaces():
    keraseq.register_model(zoo_model(), title="first")
    second = keraseq.register_model(title="second", causal=True)(zoo_model())
    assert keraseq.list_models("mine") == ["mine"]
    assert find_model("mine").title == "second"
    assert find_model(second).name == "mine"


def test_a_script_is_itself_in_the_processes_that_it_spawns():
    keraseq.register_model(zoo_model(module="__main__"))
    spawned = keraseq.register_model(zoo_model(module="__mp_main__"), title="spawned")
    assert find_model("mine").title == "spawned"
    assert find_model(spawned).identity == ("__main__", "mine")


def test_another_function_of_a_known_name_is_refused():
    keraseq.register_model(zoo_model())
    for body in (zoo_model(module="elsewhere"), zoo_model("gru")):
        with pytest.raises(ValueError, match=f"{body.__name__!r} is already registered by"):
            keraseq.register_model(body)
    assert find_model("mine").function.__module__ == "cell"


def test_bodies_with_another_signature_are_refused():
    def no_mask(x, *, units=64, num_layers=1, dropout=0.0):
        return x

    def positional(x, mask, units=64, num_layers=1, dropout=0.0):
        return x

    def no_dropout(x, mask, *, units=64, num_layers=1):
        return x

    def anything(x, mask, *, units=64, num_layers=1, dropout=0.0, **others):
        return x

    for body in (no_mask, positional, no_dropout, anything):
        with pytest.raises(TypeError, match=rf"called as {body.__name__}\(x, mask"):
            keraseq.register_model(body)
    with pytest.raises(TypeError, match="takes a function"):
        keraseq.register_model("gru")


def test_a_body_may_take_its_tensors_by_position_alone():
    def strict(x, mask, /, *, units=4, num_layers=1, dropout=0.0):
        return keras.layers.Dense(units)(x)

    keraseq.register_model(strict)
    assert keraseq.build("strict", (None, 2), 3).output_shape == (None, 3)


def test_a_body_without_a_name_is_refused():
    with pytest.raises(TypeError, match="needs a name"):
        keraseq.register_model(lambda x, mask, *, units=4, num_layers=1, dropout=0.0: x)


def test_no_parameter_of_a_body_is_one_of_the_builders():
    """It would go to the builder, and the body never hear of it."""
    names = {*shared_names(), *inspect.signature(keraseq.build).parameters, "flop_steps"}
    for name in names - {"own", "units", "num_layers", "dropout"}:
        scope = {}
        exec(f"def mine(x, mask, *, units=4, num_layers=1, dropout=0.0, {name}=7): return x", scope)
        with pytest.raises(TypeError, match=f"a parameter {name!r} of its own"):
            keraseq.register_model(scope["mine"])


def test_a_body_that_gives_no_steps_is_refused():
    def last(x, mask, *, units=4, num_layers=1, dropout=0.0):
        return keras.layers.LSTM(units)(x, mask=mask)

    def nothing(x, mask, *, units=4, num_layers=1, dropout=0.0):
        keras.layers.Dense(units)(x)

    def every_second(x, mask, *, units=4, num_layers=1, dropout=0.0):
        return keras.layers.Dense(units)(x[:, ::2])

    def flat(x, *, horizon, targets):
        return keras.layers.Dense(horizon)(x[:, :, 0])

    for body, gave in (
        (last, r"a tensor of the shape \(None, 4\)"),
        (nothing, "NoneType"),
        (every_second, r"a tensor of the shape \(None, 3, 4\)"),
    ):
        keraseq.register_model(body)
        with pytest.raises(TypeError, match=f"{body.__name__} gave {gave}; .*return_sequences"):
            keraseq.build(body.__name__, (6, 2), 3)
    keraseq.register_forecaster(flat)
    with pytest.raises(TypeError, match=r"flat gave .*\(None, 4\); .*here \(None, 4, 1\)"):
        keraseq.build("flat", (8, 1), (4, 1), task="forecasting")


def test_a_body_has_at_most_four_parameters_of_its_own():
    def four(x, mask, *, units=64, num_layers=1, dropout=0.0, a=1, b=1, c=1, d=1):
        return x

    def five(x, mask, *, units=64, num_layers=1, dropout=0.0, a=1, b=1, c=1, d=1, e=1):
        return x

    keraseq.register_model(four)
    with pytest.raises(TypeError, match=r"5 parameters of its own \(a, b, c, d, e\).*at most 4"):
        keraseq.register_model(five)


def test_the_registration_itself_is_checked():
    with pytest.raises(ValueError, match="Did you mean 'tagging'"):
        keraseq.register_model(zoo_model(), tasks=("taging",))
    with pytest.raises(ValueError, match="second_size='width' is not a keyword parameter"):
        keraseq.register_model(zoo_model(), second_size="width")
    assert keraseq.list_models("mine") == []


def test_a_model_serves_the_tasks_that_it_names():
    keraseq.register_model(zoo_model(), tasks=("regression",))
    assert "mine" in keraseq.list_models(task="regression")
    assert "mine" not in keraseq.list_models(task="tagging")
    assert keraseq.model_info("mine").tasks == ("regression",)
    with pytest.raises(ValueError, match=r"mine does not serve task='tagging'.*regression"):
        keraseq.build("mine", (None, 2), 3, task="tagging")


def test_a_budget_that_no_size_can_reach_is_an_error():
    def narrow(x, mask, *, units=64, num_layers=1, dropout=0.0, width=8):
        return keras.layers.Dense(units)(x)

    keraseq.register_model(zoo_model())
    with pytest.raises(ValueError, match="do not grow with units"):
        keraseq.build("mine", (None, 2), 2, parameter_budget=30_000)
    keraseq.register_model(narrow, second_size="width")
    with pytest.raises(ValueError, match="do not grow with width"):
        keraseq.build("narrow", (None, 2), 2, parameter_budget=430)


def test_a_budget_is_met_by_a_model_that_has_no_small_size():
    model = keraseq.transformer((None, 2), 2, num_heads=100, parameter_budget=400_000)
    assert abs(keraseq.count_parameters(model) - 400_000) < 8_000


@pytest.mark.parametrize("name", keraseq.models.model_file_names())
def test_model_info_describes_every_model(name):
    info = keraseq.model_info(name)
    assert info.name == name
    assert info.title and info.authors and info.paper
    assert 1950 < info.year < 2100
    assert isinstance(info.causal, bool) and isinstance(info.parallel, bool)
    assert set(info.tasks) <= set(task_names())
    assert 0 < info.smallest_size < 5000
    assert info.smallest_size <= info.default_size
    assert info.inputs in ("any", "tokens", "numbers")


def test_parameters_that_estimators_share_have_equal_defaults():
    # A tag depends on what comes after it, so that a tagger reads both ways; all others take the
    # model that is right for streams and forecasts too.
    exceptions = {("SequenceTagger", "model")}
    # What writes does so letter by letter, as SequenceGenerator does; how long its n-grams are goes
    # by what they are of.
    exceptions |= {("NgramLanguageModel", "tokenizer"), ("NgramLanguageModel", "order")}
    estimators = [
        keraseq.SequenceClassifier,
        keraseq.SequenceRegressor,
        keraseq.SequenceTagger,
        keraseq.SequenceForecaster,
        *(v for v in vars(keraseq.baselines).values() if hasattr(v, "get_params")),
    ]
    assert keraseq.baselines.NaiveForecaster in estimators
    defaults = {}
    for estimator in estimators:
        for name, parameter in inspect.signature(estimator).parameters.items():
            if (estimator.__name__, name) not in exceptions:
                defaults.setdefault(name, set()).add(repr(parameter.default))
    assert {name: found for name, found in defaults.items() if len(found) > 1} == {}


def test_plain_keras_knows_every_layer_of_ours_after_one_import():
    import keraseq.models.layers
    import keraseq.stems.layers
    import keraseq.tasks.layers

    for folder in (keraseq.stems.layers, keraseq.tasks.layers):
        names = [name for name in dir(folder) if name[0].isupper() and not name.isupper()]
        assert names and set(names) <= set(keraseq.models.layers.__all__)
