"""Plan = architecture + stem + head + sizes; budgets, counts and the public builders."""

from keraseq.builders.body_layers import body_layers
from keraseq.builders.budget import sizes_to_solve
from keraseq.builders.build import assemble, build, compile_for_task, plan_model
from keraseq.builders.count_flops import count_flops
from keraseq.builders.count_parameters import count_parameters
from keraseq.builders.documentation import builder_signature, make_builder
from keraseq.builders.model_info import default_size, model_info
from keraseq.builders.plan import Plan, check_patch_fits, make_plan
from keraseq.builders.seeding import python_random

__all__ = [
    "Plan",
    "assemble",
    "body_layers",
    "build",
    "builder_signature",
    "check_patch_fits",
    "compile_for_task",
    "count_flops",
    "count_parameters",
    "default_size",
    "make_builder",
    "make_plan",
    "model_info",
    "plan_model",
    "python_random",
    "sizes_to_solve",
]
