"""What every estimator that holds a network has."""

import weakref

from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted

from keraseq.builders import count_flops, count_parameters
from keraseq.models import users_models
from keraseq.tasks import get_task
from keraseq.wrappers._given import refuse_settings, with_entries

# A comparison lends one model to many fits.
_counted = weakref.WeakKeyDictionary()


class NetworkEstimator(BaseEstimator):
    """A subclass names its `_tasks`, and sets `_network` when it is fitted."""

    # Why it cannot be exported, where that is so.
    no_export = None

    def _store(self, arguments):
        """Set every argument of a constructor as scikit-learn wants it: untouched."""
        vars(self).update({k: v for k, v in arguments.items() if k not in ("self", "__class__")})

    def __init_subclass__(cls, **kwargs):
        if "fit" in vars(cls):
            cls.fit = refuse_settings(cls.fit)
        super().__init_subclass__(**kwargs)

    def set_params(self, **params):
        """Set parameters, of an estimator in one too (`pretrained__units`).

        Parameters
        ----------
        **params
            `model_params__kernel_size=5` sets one entry of a copy of `model_params`, so that a
            search may run over several.

        Returns
        -------
        self

        Raises
        ------
        ValueError
            If there is no such parameter.
        """
        return super().set_params(**with_entries(self, params))

    def _find_task(self, y=None):
        """Which of the estimator's own tasks y poses."""
        (name,) = self._tasks
        return get_task(name)

    def _train(self, network, batches, validation, params, callbacks, checkpoint):
        """Train a network by the parameters that this fit has resolved."""
        return network.fit(
            batches,
            validation,
            epochs=params["epochs"],
            learning_rate=params["learning_rate"],
            early_stopping=params["early_stopping"],
            n_iter_no_change=params["n_iter_no_change"],
            callbacks=callbacks,
            checkpoint=checkpoint,
            verbose=self.verbose,
            strategy=self.strategy,
        )

    @property
    def _model_name(self):
        """The model's in the zoo, its function's, or the class's."""
        model = self.model
        return model if isinstance(model, str) else getattr(model, "__name__", type(self).__name__)

    @property
    def _fitted_name(self):
        """The name of the model that was fitted, whatever `model` has been set to since."""
        blueprint = self._network.blueprint
        if blueprint.is_plan:
            return blueprint.plan.spec.name
        return getattr(blueprint.function, "__name__", type(self).__name__)

    @property
    def model_(self):
        """The trained keras.Model; a private copy, made when first asked for.

        Trained further, it is what predicts.
        """
        check_is_fitted(self, "_network")
        return self._network.model

    @property
    def n_parameters_(self):
        """Trainable weights of the model, as :func:`keraseq.count_parameters` counts them."""
        check_is_fitted(self, "_network")
        with self._network.borrow() as model:
            return count_parameters(model)

    @property
    def n_flops_(self):
        """Operations to read one sequence of mean length, by :func:`keraseq.count_flops`.

        None where they cannot be counted: ``keraseq.count_flops(estimator.model_)`` says why.
        """
        return self._count_flops()[0]

    def _count_flops(self):
        """Return the operations and None, or None and the reason."""
        check_is_fitted(self, "_network")
        with self._network.borrow() as model:
            counted, steps = _counted.setdefault(model, {}), self.params_.get("mean_length")
            if steps not in counted:
                try:
                    counted[steps] = count_flops(model, steps), None
                except TypeError as error:
                    counted[steps] = None, str(error).partition(". ")[0]
            return counted[steps]

    def summary(self):
        """Print the layers of the trained model."""
        self.model_.summary()

    def save(self, path):
        """Save it as one safe file; see :func:`keraseq.save`, which this calls."""
        from keraseq.export import save

        save(self, path)

    def export(self, path, *, format="onnx", quantize=None, X=None, y=None):
        """Write it for another runtime, with a script that answers as it does.

        See :func:`keraseq.export.export_model`, which this calls.
        """
        from keraseq.export import export_model

        return export_model(self, path, format=format, quantize=quantize, X=X, y=y)

    def card(self, X=None, y=None):
        """Describe it in Markdown: data, model, training, scores, limits; saved along with it.

        Parameters
        ----------
        X, y : as in `score`, optional
            Test rows that nothing was chosen on; a forecaster's are y alone. Without them no score
            is claimed, nor on the training rows.

        Returns
        -------
        str
        """
        check_is_fitted(self)
        from keraseq.wrappers._card import write_card

        self._network.card = write_card(self, X, y)
        return self._network.card

    def __getstate__(self):
        # Callbacks that ran hold a model, and often open files.
        state = {k: v for k, v in super().__getstate__().items() if k != "callbacks_"}
        registered = users_models()
        # Unpickling registers them, so that a worker process knows every name that a search tries.
        return {**state, "_users_models": registered} if registered else state

    def __setstate__(self, state):
        super().__setstate__({k: v for k, v in state.items() if k != "_users_models"})
