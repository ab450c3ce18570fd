"""Gradients of a model's loss, by the backend that runs."""

import keras


def gradients_of_loss(model, inputs, targets):
    """Return an array, or None where there is none, for each of the trainable weights."""
    return _BY_BACKEND[keras.backend.backend()](model, inputs, targets)


def compiled_call(model):
    """The model itself; under JAX compiled, since each new shape of each operation costs there."""
    if keras.backend.backend() != "jax":
        return model
    import jax

    return jax.jit(model.__call__, static_argnames="training")


def _by_tensorflow(model, inputs, targets):
    import tensorflow as tf

    with tf.GradientTape() as tape:
        loss = model.compute_loss(y=targets, y_pred=model(inputs, training=True))
    found = tape.gradient(loss, [weight.value for weight in model.trainable_weights])
    return [None if part is None else tf.convert_to_tensor(part).numpy() for part in found]


def _by_jax(model, inputs, targets):
    import jax

    def loss_of(values):
        others = [variable.value for variable in model.non_trainable_variables]
        answer, _ = model.stateless_call(values, others, inputs, training=True)
        return model.compute_loss(y=targets, y_pred=answer)

    found = jax.jit(jax.grad(loss_of))([weight.value for weight in model.trainable_weights])
    return [keras.ops.convert_to_numpy(part) for part in found]


def _by_torch(model, inputs, targets):
    model.zero_grad()
    targets = keras.ops.convert_to_tensor(targets)
    model.compute_loss(y=targets, y_pred=model(inputs, training=True)).backward()
    found = [weight.value.grad for weight in model.trainable_weights]
    return [None if part is None else keras.ops.convert_to_numpy(part) for part in found]


_BY_BACKEND = {"tensorflow": _by_tensorflow, "jax": _by_jax, "torch": _by_torch}
