"""A trained network: what it was made from, and its weights."""

import contextlib
import copy

from keraseq._quiet import many_models
from keraseq.batching import sequence_lengths
from keraseq.training.blueprint import ends_in_probabilities
from keraseq.training.compiled_answers import Requests
from keraseq.training.distributed import open_strategy, reduce_before_clipping, under
from keraseq.training.gpu import share_gpu
from keraseq.training.pool import POOL
from keraseq.training.predict_rows import predict_rows


class Network:
    """Weights and what they belong to; a compiled model is borrowed when one is needed.

    Parameters
    ----------
    blueprint : ZooBlueprint or FunctionBlueprint
    seed : int
        Of the first weights.
    first : FirstRows or FirstBodies, optional
        Weights to begin with, in place of a draw.

    Attributes
    ----------
    trained_on : str or None
        What a card says of the rows.
    card : str or None
        What was written of these weights.
    keeps_loss : bool
        Whether it was trained by the loss that a user's function compiled it with.
    """

    trained_on = card = None
    # What networks in files of before lack.
    _first = None
    keeps_loss = False

    def __init__(self, blueprint, seed, first=None):
        self.blueprint, self.seed, self._first = blueprint, seed, first
        self._weights = self._optimizer_state = self._own = None
        self._token, self._requests = object(), Requests(blueprint.takes_padding)

    def fit(
        self,
        training,
        validation=None,
        *,
        keep_optimizer=False,
        callbacks=(),
        strategy=None,
        **settings,
    ):
        """Train on from the present weights, if there are any; see `fit_model`.

        With `keep_optimizer` its state goes on with the next call. `strategy` is as of
        `open_strategy`; what is kept knows nothing of it. The weights are kept after
        Ctrl-C too, which the run that is returned then tells.
        """
        # It subclasses Keras, which the refusal of bad input does without.
        from keraseq.training.loop import fit_model

        weights, strategy = self.weights, open_strategy(strategy)
        with self._lend(bool(callbacks), strategy) as lent, under(strategy):
            model = lent.model
            lent.reset(self.seed)
            if weights is not None:
                model.set_weights(weights)
            elif self._first is not None:
                self._first.put(model)
                # From here on they are weights like others.
                self._first = None
            if self._optimizer_state is not None and keep_optimizer:
                for variable, value in zip(
                    model.optimizer.variables, self._optimizer_state, strict=True
                ):
                    variable.assign(value)
            self.keeps_loss = lent.keeps_optimizer
            if lent.keeps_optimizer:
                settings["learning_rate"] = None
            settings["gradual"] = weights is None
            run = fit_model(
                model, training, validation, callbacks=callbacks, strategy=strategy, **settings
            )
            # Cut short, it still holds on to what it read, the validation part for instance.
            lent.is_spent = strategy is not None or run.interrupt is not None
            self._keep(lent, keep_optimizer)
        return run

    def go_on(self, blueprint):
        """Return a network that trains these weights further, of another blueprint.

        Another one, since this stays what it is if that fails.

        Raises
        ------
        ValueError
            If the architecture differs.
        """
        if not self.blueprint.fits(blueprint):
            raise ValueError(
                "warm_start=True goes on from the fitted weights, so the model and its sizes must "
                "stay as they were; set warm_start=False to begin anew."
            )
        other = copy.copy(self)
        other.blueprint = blueprint
        return other

    @property
    def gives_probabilities(self):
        """Whether the raw output is probabilities and not logits."""
        return not self.blueprint.is_plan and ends_in_probabilities(self.model)

    @property
    def weights(self):
        """A list of arrays in the model's order; None before it is trained."""
        return self._weights if self._own is None else self._own.get_weights()

    def loss(self, truth, output, weights=None):
        """The loss that training lowers, of outputs for rows."""
        with self.borrow() as model:
            return float(model.loss(truth, output, sample_weight=weights))

    def _keep(self, lent, keep_optimizer):
        model, self.card = lent.model, None
        # First: no idle model can then be taken for one that has these weights.
        self._token, self._requests = object(), Requests(self.blueprint.takes_padding)
        self._weights = model.get_weights()
        self._optimizer_state = None
        if keep_optimizer:
            self._optimizer_state = [v.numpy() for v in model.optimizer.variables]
        lent.holder = self._token
        self._own = model if lent.key is None and not lent.is_spent else None

    def predict(self, rows):
        """Return the model's raw output for encoded rows; a list where it answers every step."""
        with self.borrow() as model:
            if not self.blueprint.is_plan:
                _check_steps(self.blueprint.function, model, rows)
            per_step = self.blueprint.per_step
            return predict_rows(model, rows, per_step=per_step, requests=self._requests)

    @contextlib.contextmanager
    def borrow(self):
        """A model with these weights, to predict with in a block."""
        share_gpu()
        if self._own is not None or self.blueprint.key is None:
            with many_models():
                yield self.model
            return
        weights = self._weights
        with POOL.share(
            self.blueprint.key,
            lambda: self.blueprint.make(self.seed),
            self._token,
            lambda model: model.set_weights(weights),
        ) as model:
            yield model

    @property
    def model(self):
        """A private Keras model, made when first asked for; from then on it is the network."""
        if self._own is None:
            made = self.blueprint.make(self.seed).model
            made.set_weights(self._weights)
            # Last, since a thread that asks meanwhile must not be answered by first weights.
            if self._own is None:
                self._own = made
        return self._own

    def _lend(self, has_callbacks, strategy=None):
        """A model alone; a callback may do anything to it, so that nobody else may have it."""
        is_own = has_callbacks or strategy is not None
        key = None if is_own else self.blueprint.key
        return POOL.lend(key, lambda: self._make(strategy), self._token)

    def _make(self, strategy):
        with under(strategy):
            lent = self.blueprint.make(self.seed)
            if strategy is not None:
                reduce_before_clipping(lent.model.optimizer)
            return lent

    def __getstate__(self):
        kept = {name: value for name, value in vars(self).items() if name != "_requests"}
        return {**kept, "_weights": self.weights, "_own": None, "_token": None}

    def __setstate__(self, state):
        vars(self).update(state)
        self._token, self._requests = object(), Requests(self.blueprint.takes_padding)


def _check_steps(function, model, rows):
    """Raise where a user's model has an input of another number of steps than rows have."""
    inputs = getattr(model, "inputs", None) or ()
    steps = inputs[0].shape[1] if len(inputs) == 1 else None
    if steps is None:
        return
    lengths = [rows.shape[1]] if hasattr(rows, "shape") else sequence_lengths(rows)
    for row, found in enumerate(lengths):
        if found != steps:
            where = "" if hasattr(rows, "shape") else f" (row {row})"
            raise ValueError(
                f"X has sequences of {found} steps{where}; the model that {function!r} made has an "
                f"input of {steps}, as all training rows were so long. For sequences of any length "
                "give it keras.Input((None, *input_shape[1:]))."
            )
