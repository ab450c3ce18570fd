"""Layers of stems; they load, and Keras with them, when used."""

from keraseq._lazy_names import lazy_names

__getattr__, __dir__ = lazy_names(
    __name__,
    {
        "Anchor": "anchor",
        "BagOfSteps": "bag",
        "FoldChannels": "fold_channels",
        "InstanceNormalization": "instance_normalization",
        "JoinReadings": "bag",
        "LinearSkip": "linear_skip",
        "Padding": "padding",
        "Patches": "patches",
        "TiedEmbedding": "tied_embedding",
        "TokenDropout": "token_dropout",
        "TokenEmbedding": "token_embedding",
        "WholeHistory": "whole_history",
        "last_step": "anchor",
    },
)
