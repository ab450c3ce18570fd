# Written by `python -m keraseq._stubs`; do not edit.
# ruff: noqa
# fmt: off
from collections.abc import Sequence
from typing import Literal, TypedDict, Unpack

import keras

from keraseq import datasets as datasets
from keraseq import encoding as encoding
from keraseq import batching as batching
from keraseq import tasks as tasks
from keraseq import stems as stems
from keraseq import models as models
from keraseq import builders as builders
from keraseq import training as training
from keraseq import baselines as baselines
from keraseq import wrappers as wrappers
from keraseq import comparison as comparison
from keraseq import plots as plots
from keraseq import export as export
from keraseq import cli as cli
from keraseq.comparison.comparison import Comparison as Comparison
from keraseq.stems.layers import Padding as Padding
from keraseq.wrappers.sequence_classifier import SequenceClassifier as SequenceClassifier
from keraseq.wrappers.sequence_forecaster import SequenceForecaster as SequenceForecaster
from keraseq.wrappers.sequence_regressor import SequenceRegressor as SequenceRegressor
from keraseq.wrappers.sequence_tagger import SequenceTagger as SequenceTagger
from keraseq.builders import build as build
from keraseq.comparison.compare import compare as compare
from keraseq.builders import count_flops as count_flops
from keraseq.builders import count_parameters as count_parameters
from keraseq.wrappers.ensemble import ensemble as ensemble
from keraseq.models import list_models as list_models
from keraseq.export.load_model import load_model as load_model
from keraseq.builders import model_info as model_info
from keraseq.models import register_forecaster as register_forecaster
from keraseq.models import register_model as register_model
from keraseq.models import register_preset as register_preset
from keraseq._show_versions import show_versions as show_versions

__version__: str

class BuilderOptions(TypedDict, total=False):
    task: str
    vocabulary_size: int | None
    embedding_dim: int | None
    embedding_dropout: float | None
    token_dropout: float | None
    patch_length: int | None
    patch_stride: int | None
    channels: Literal["independent", "mixed"] | None
    pooling: Literal["mean", "max", "mean_max", "last", "ends"] | None
    quantiles: Sequence[float] | None
    parameter_budget: int | None
    flop_budget: int | None
    units: int | None
    num_layers: int | None
    dropout: float | None
    logits: bool
    seed: int | None

def bigru(input_shape, outputs, **options: Unpack[BuilderOptions]) -> keras.Model: ...
def bilstm(input_shape, outputs, **options: Unpack[BuilderOptions]) -> keras.Model: ...
def cnn_lstm(input_shape, outputs, *, filters=None, kernel_size=3, **options: Unpack[BuilderOptions]) -> keras.Model: ...
def cycle_net(input_shape, outputs, *, season=24, d_model=None, **options: Unpack[BuilderOptions]) -> keras.Model: ...
def dlinear(input_shape, outputs, *, kernel_size=25, **options: Unpack[BuilderOptions]) -> keras.Model: ...
def fcn(input_shape, outputs, **options: Unpack[BuilderOptions]) -> keras.Model: ...
def gru(input_shape, outputs, **options: Unpack[BuilderOptions]) -> keras.Model: ...
def inception_time(input_shape, outputs, *, kernel_size=40, bottleneck_size=32, **options: Unpack[BuilderOptions]) -> keras.Model: ...
def indrnn(input_shape, outputs, *, time_steps=None, residual=False, **options: Unpack[BuilderOptions]) -> keras.Model: ...
def itransformer(input_shape, outputs, *, num_heads=8, feedforward_dim=None, **options: Unpack[BuilderOptions]) -> keras.Model: ...
def lru(input_shape, outputs, *, state_size=None, r_min=0.0, r_max=1.0, max_phase=6.283185307179586, **options: Unpack[BuilderOptions]) -> keras.Model: ...
def lstm(input_shape, outputs, **options: Unpack[BuilderOptions]) -> keras.Model: ...
def lstm_attention(input_shape, outputs, **options: Unpack[BuilderOptions]) -> keras.Model: ...
def min_gru(input_shape, outputs, **options: Unpack[BuilderOptions]) -> keras.Model: ...
def min_lstm(input_shape, outputs, **options: Unpack[BuilderOptions]) -> keras.Model: ...
def nhits(input_shape, outputs, *, n_pool_kernel_size=(2, 2, 1), n_freq_downsample=(4, 2, 1), n_blocks=1, **options: Unpack[BuilderOptions]) -> keras.Model: ...
def nlinear(input_shape, outputs, **options: Unpack[BuilderOptions]) -> keras.Model: ...
def resnet_1d(input_shape, outputs, **options: Unpack[BuilderOptions]) -> keras.Model: ...
def segrnn(input_shape, outputs, *, seg_len=24, **options: Unpack[BuilderOptions]) -> keras.Model: ...
def simple_rnn(input_shape, outputs, **options: Unpack[BuilderOptions]) -> keras.Model: ...
def sparse_tsf(input_shape, outputs, *, season=24, **options: Unpack[BuilderOptions]) -> keras.Model: ...
def tcn(input_shape, outputs, *, kernel_size=3, **options: Unpack[BuilderOptions]) -> keras.Model: ...
def tide(input_shape, outputs, *, temporal_width=4, decoder_output_dim=8, temporal_decoder_hidden=128, **options: Unpack[BuilderOptions]) -> keras.Model: ...
def transformer(input_shape, outputs, *, num_heads=4, feedforward_dim=None, positions='sinusoidal', causal=False, **options: Unpack[BuilderOptions]) -> keras.Model: ...
def tsmixer(input_shape, outputs, **options: Unpack[BuilderOptions]) -> keras.Model: ...
