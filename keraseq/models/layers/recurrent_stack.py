"""The one loop that every recurrent body runs."""

from keras import layers, ops


def recurrent_stack(x, mask, layer, *, num_layers, dropout):
    """Apply ``layer()`` `num_layers` times under the mask, each followed by dropout."""
    for _ in range(num_layers):
        x = layer()(x, mask=mask)
        if dropout:
            x = layers.Dropout(dropout)(x)
    # Recurrent layers attach an implicit Keras mask to their output; a product carries none.
    return x * ops.cast(mask, x.dtype)[..., None]
