"""Which layers of a model of tokens are its body's."""

from keraseq._keras import keras
from keraseq.models import BACKWARD_END
from keraseq.stems import TOKEN_EMBEDDING
from keraseq.tasks.layers import TOKEN_LOGITS

_HEADS = ("logits", "outputs", TOKEN_LOGITS, "tied_projection")


def body_layers(model, directions):
    """The layers with weights between embedding and head, from the first to the last.

    Two models of one architecture, sizes and parameters have the same weights in them in the same
    order, whatever their tasks.

    Parameters
    ----------
    model : keras.Model
        As `assemble` gave it, of tokens.
    directions : tuple of str
        Its plan's.

    Returns
    -------
    list of list of layers
        One for each direction.
    """
    others = (TOKEN_EMBEDDING, *_HEADS)
    own = [layer for layer in model.layers if layer.weights and layer.name not in others]
    if len(directions) == 1:
        return [own]
    # A pair's halves are one architecture twice, whose layers depth alone does not tell apart.
    end = model.get_layer(BACKWARD_END).output
    backward = {layer.name for layer in keras.Model(model.inputs, end).layers}
    halves = {
        "forward": [layer for layer in own if layer.name not in backward],
        "backward": [layer for layer in own if layer.name in backward],
    }
    return [halves[direction] for direction in directions]
