"""The bidirectional LSTM with additive attention."""

from keras import layers, ops

from keraseq.models._register import register_model
from keraseq.models.layers.recurrent_stack import recurrent_stack


@register_model(
    title="Bidirectional LSTM with attention",
    authors="Peng Zhou et al.",
    year=2016,
    paper="Attention-based bidirectional long short-term memory networks for relation "
    "classification. ACL, 207-212; additive attention after Bahdanau et al. 2015, arXiv:1409.0473",
    family="recurrent",
)
def lstm_attention(x, mask, *, units=None, num_layers=None, dropout=None):
    """A bidirectional LSTM that weighs its steps and gives their weighted sum beside each of them.

    The directions are added, ``a = softmax(w . tanh(h))`` over all real steps, and the context
    is ``tanh(sum of a h)``. The paper classifies by the context alone; here it stands beside the
    state of every step, so that the reading that all models share finds it, and tagging has both.
    Twice ``units`` channels come out.
    """
    h = recurrent_stack(
        x,
        mask,
        lambda: layers.Bidirectional(layers.LSTM(units, return_sequences=True), merge_mode="sum"),
        num_layers=num_layers,
        dropout=dropout,
    )
    context = ops.tanh(_weighted_sum(h, mask[..., None]))
    return ops.concatenate([h, context * ops.cast(mask, h.dtype)[..., None]], axis=-1)


def _weighted_sum(h, real):
    scores = layers.Dense(1, use_bias=False)(ops.tanh(h))
    scores = ops.where(real, scores, -1e4)
    # By hand: Keras warns of a softmax over one step, which the shortest sequences are.
    weights = ops.exp(scores - ops.max(scores, axis=1, keepdims=True))
    weights = weights / ops.sum(weights, axis=1, keepdims=True)
    return ops.sum(weights * h, axis=1, keepdims=True)
