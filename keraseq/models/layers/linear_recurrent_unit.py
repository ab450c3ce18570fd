"""A linear recurrence whose complex decays begin on a ring."""

import math

import keras
from keras import initializers, ops

from keraseq.models.layers.complex_scan import complex_scan

# The ring's edges are never drawn: a decay of 1 has no logarithm of its logarithm.
_EDGE = 1e-6


@keras.saving.register_keras_serializable("keraseq")
class RingDecay(initializers.RandomUniform):
    """The logarithm of the decay rate, ``log(-log |lambda|)``, uniform on the ring's area."""

    def __init__(self, r_min, r_max, seed=None):
        super().__init__(_EDGE, 1 - _EDGE, seed)
        self.r_min, self.r_max = r_min, r_max

    def __call__(self, shape, dtype=None):
        square = super().__call__(shape, dtype) * (self.r_max**2 - self.r_min**2) + self.r_min**2
        return ops.log(-0.5 * ops.log(square))

    def get_config(self):
        return {"r_min": self.r_min, "r_max": self.r_max, "seed": super().get_config()["seed"]}


@keras.saving.register_keras_serializable("keraseq")
class RingScale(RingDecay):
    """The logarithm of ``sqrt(1 - |lambda|^2)`` for the decays of the same seed."""

    def __call__(self, shape, dtype=None):
        rate = ops.exp(super().__call__(shape, dtype))
        return 0.5 * ops.log(1 - ops.exp(-2 * rate))


@keras.saving.register_keras_serializable("keraseq")
class RingPhase(initializers.RandomUniform):
    """The logarithm of a phase, uniform from 0 to ``max_phase``."""

    def __init__(self, max_phase, seed=None):
        super().__init__(_EDGE, 1, seed)
        self.max_phase = max_phase

    def __call__(self, shape, dtype=None):
        return ops.log(self.max_phase * super().__call__(shape, dtype))

    def get_config(self):
        return {"max_phase": self.max_phase, "seed": super().get_config()["seed"]}


@keras.saving.register_keras_serializable("keraseq")
class LinearRecurrentUnit(keras.layers.Layer):
    """``h[t] = lambda * h[t - 1] + gamma * B x[t]``, ``y[t] = Re(C h[t]) + D * x[t]``.

    The decays are ``lambda = exp(-exp(nu) + i exp(theta))``, so that their size stays below 1.

    Parameters
    ----------
    state_size : int
        Complex numbers in the state.
    r_min, r_max, max_phase : float
        The ring on which the decays begin.

    References
    ----------
    Orvieto et al. (2023). Resurrecting recurrent neural networks for long sequences. ICML.
    """

    def __init__(self, state_size, r_min=0.0, r_max=1.0, max_phase=2 * math.pi, **kwargs):
        super().__init__(**kwargs)
        self.state_size = state_size
        self.r_min, self.r_max, self.max_phase = r_min, r_max, max_phase
        self._decay = RingDecay(r_min, r_max)
        # Of the decays' own seed: a channel is scaled by its own decay.
        self._scale = RingScale(r_min, r_max, seed=self._decay.seed)
        self._phase = RingPhase(max_phase)
        self._skip = initializers.RandomNormal(stddev=1.0)

    def build(self, input_shape):
        channels, n = input_shape[-1], self.state_size
        self._into = initializers.RandomNormal(stddev=1 / math.sqrt(2 * channels))
        self._out_of = initializers.RandomNormal(stddev=1 / math.sqrt(n))
        self.nu = self.add_weight((n,), self._decay, name="nu")
        self.theta = self.add_weight((n,), self._phase, name="theta")
        self.gamma = self.add_weight((n,), self._scale, name="gamma")
        self.into = self.add_weight((channels, 2 * n), self._into, name="B")
        self.out_of = self.add_weight((2 * n, channels), self._out_of, name="C")
        self.skip = self.add_weight((channels,), self._skip, name="D")

    def call(self, inputs):
        states = complex_scan(self._lambda(), self._driven(inputs))
        return self._read(states, inputs)

    def initial_step_state(self, batch, inputs):
        """The state before the first step."""
        return ops.zeros((batch, 1, 2 * self.state_size), dtype="float32")

    def step(self, state, inputs):
        """One step: inputs `(batch, 1, channels)`; returns the output and the next state."""
        (a, b), (c, d) = ops.unstack(self._lambda()), ops.split(state, 2, axis=-1)
        turned = ops.concatenate([a * c - b * d, a * d + b * c], axis=-1)
        state = turned + self._driven(inputs)
        return self._read(state, inputs), state

    def _lambda(self):
        nu, theta = ops.cast(self.nu, "float32"), ops.cast(self.theta, "float32")
        size, phase = ops.exp(-ops.exp(nu)), ops.exp(theta)
        return ops.stack([size * ops.cos(phase), size * ops.sin(phase)])

    def _driven(self, inputs):
        scale = ops.exp(ops.cast(self.gamma, "float32"))
        driven = ops.matmul(inputs, ops.cast(self.into, inputs.dtype))
        return ops.cast(driven, "float32") * ops.concatenate([scale, scale])

    def _read(self, states, inputs):
        y = ops.matmul(ops.cast(states, inputs.dtype), ops.cast(self.out_of, inputs.dtype))
        return y + ops.cast(self.skip, inputs.dtype) * inputs

    def compute_output_shape(self, input_shape):
        return input_shape

    def count_flops(self, input_shape):
        batch, time, channels = input_shape
        return 2 * batch * time * channels * 4 * self.state_size

    def get_config(self):
        own = {name: getattr(self, name) for name in ("state_size", "r_min", "r_max", "max_phase")}
        return {**super().get_config(), **own}
