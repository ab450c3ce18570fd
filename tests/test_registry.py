"""The registry, the names that load on first use, and the one way that imports point."""

import ast
import configparser
import subprocess
import sys
from pathlib import Path

import keras
import pytest

import keraseq
from keraseq._stubs import stub_text
from keraseq.models import find_model

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
    "cli",
]
PACKAGE = Path(keraseq.__file__).parent


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
    stages = [stage for stage in STAGES[:3] if (PACKAGE / stage).is_dir()]
    loaded = loaded_by(f"import keraseq; [getattr(keraseq, s) for s in {stages}]")
    assert not {"tensorflow", "keras"} & set(loaded)


def imported_parts(file):
    """The parts of keraseq that a file imports at module level."""
    for node in ast.parse(file.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Import):
            modules = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file}: relative import"
            modules = [f"{node.module}.{alias.name}" for alias in node.names]
        else:
            continue
        yield from (m.split(".")[1] for m in modules if m.startswith("keraseq."))


@pytest.mark.parametrize("stage", STAGES)
def test_imports_point_one_way(stage):
    later = set(STAGES[STAGES.index(stage) + 1 :])
    place = PACKAGE / stage
    for file in place.rglob("*.py") if place.is_dir() else [place.with_suffix(".py")]:
        if file.exists():
            reached = later & set(imported_parts(file))
            assert not reached, f"{file} reaches up to {reached}"


def test_every_extra_that_an_error_names_is_declared():
    setup = configparser.ConfigParser()
    setup.read(PACKAGE.parent / "setup.cfg")
    named = {
        node.args[1].value
        for file in PACKAGE.rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "import_extra"
    }
    assert {"text", "plot", "tagging"} <= named <= set(setup["options.extras_require"])


def test_private_helpers_do_not_reach_the_wrappers():
    helpers = sorted(PACKAGE.glob("_*.py"))
    assert helpers
    for file in helpers:
        assert not {"wrappers", "comparison"} & set(imported_parts(file)), file


def test_stub_file_is_what_the_generator_writes():
    assert PACKAGE.joinpath("__init__.pyi").read_text(encoding="utf-8") == stub_text()


def test_list_models_by_pattern_and_task():
    assert {"simple_rnn", "lstm", "gru", "bilstm", "transformer"} <= set(keraseq.list_models())
    assert keraseq.list_models("*lstm") == ["bilstm", "lstm"]
    assert keraseq.list_models("no such *") == []
    assert keraseq.list_models("*lstm", task="forecasting") == ["bilstm", "lstm"]
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
        keraseq.build("narrow", (None, 2), 2, parameter_budget=30_000)


@pytest.mark.parametrize("name", keraseq.models.model_file_names())
def test_model_info_describes_every_model(name):
    info = keraseq.model_info(name)
    assert info.name == name
    assert info.title and info.authors and info.paper
    assert 1950 < info.year < 2100
    assert isinstance(info.causal, bool) and isinstance(info.parallel, bool)
    assert set(info.tasks) <= {
        "classification",
        "multilabel",
        "regression",
        "tagging",
        "forecasting",
    }
    assert 0 < info.smallest_size < 5000
