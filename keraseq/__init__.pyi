# Written by `python -m keraseq._stubs`; do not edit.
# ruff: noqa
# fmt: off
import keras

from keraseq import datasets as datasets
from keraseq import encoding as encoding
from keraseq import batching as batching
from keraseq import models as models
from keraseq import tasks as tasks
from keraseq import builders as builders
from keraseq import baselines as baselines
from keraseq import wrappers as wrappers
from keraseq import comparison as comparison
from keraseq import plots as plots
from keraseq import export as export
from keraseq.comparison.comparison import Comparison as Comparison
from keraseq.models.layers.padding import Padding as Padding
from keraseq.wrappers.sequence_classifier import SequenceClassifier as SequenceClassifier
from keraseq.wrappers.sequence_forecaster import SequenceForecaster as SequenceForecaster
from keraseq.wrappers.sequence_regressor import SequenceRegressor as SequenceRegressor
from keraseq.wrappers.sequence_tagger import SequenceTagger as SequenceTagger
from keraseq.builders import build as build
from keraseq.comparison.compare import compare as compare
from keraseq._flops import count_flops as count_flops
from keraseq.builders import count_parameters as count_parameters
from keraseq.models import list_models as list_models
from keraseq.export.load_model import load_model as load_model
from keraseq.builders import model_info as model_info
from keraseq.models import register_model as register_model
from keraseq._show_versions import show_versions as show_versions

__version__: str

def bilstm(
    input_shape,
    outputs,
    *,
    task='classification',
    vocabulary_size=None,
    embedding_dim=None,
    embedding_dropout=None,
    token_dropout=None,
    patch_length=None,
    channels=None,
    pooling=None,
    quantiles=None,
    parameter_budget=None,
    flop_budget=None,
    units=None,
    num_layers=1,
    dropout=0.0,
    logits=True,
    seed=None,
) -> keras.Model: ...
def gru(
    input_shape,
    outputs,
    *,
    task='classification',
    vocabulary_size=None,
    embedding_dim=None,
    embedding_dropout=None,
    token_dropout=None,
    patch_length=None,
    channels=None,
    pooling=None,
    quantiles=None,
    parameter_budget=None,
    flop_budget=None,
    units=None,
    num_layers=1,
    dropout=0.0,
    logits=True,
    seed=None,
) -> keras.Model: ...
def lstm(
    input_shape,
    outputs,
    *,
    task='classification',
    vocabulary_size=None,
    embedding_dim=None,
    embedding_dropout=None,
    token_dropout=None,
    patch_length=None,
    channels=None,
    pooling=None,
    quantiles=None,
    parameter_budget=None,
    flop_budget=None,
    units=None,
    num_layers=1,
    dropout=0.0,
    logits=True,
    seed=None,
) -> keras.Model: ...
def simple_rnn(
    input_shape,
    outputs,
    *,
    task='classification',
    vocabulary_size=None,
    embedding_dim=None,
    embedding_dropout=None,
    token_dropout=None,
    patch_length=None,
    channels=None,
    pooling=None,
    quantiles=None,
    parameter_budget=None,
    flop_budget=None,
    units=None,
    num_layers=1,
    dropout=0.0,
    logits=True,
    seed=None,
) -> keras.Model: ...
def transformer(
    input_shape,
    outputs,
    *,
    task='classification',
    vocabulary_size=None,
    embedding_dim=None,
    embedding_dropout=None,
    token_dropout=None,
    patch_length=None,
    channels=None,
    pooling=None,
    quantiles=None,
    parameter_budget=None,
    flop_budget=None,
    units=None,
    num_layers=1,
    dropout=0.0,
    logits=True,
    seed=None,
    num_heads=4,
    feedforward_dim=None,
    positions='sinusoidal',
) -> keras.Model: ...
