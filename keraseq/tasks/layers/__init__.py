"""Layers, losses and metrics of heads and readings; they load, and Keras with them, when used."""

from keraseq._lazy_names import lazy_names

__getattr__, __dir__ = lazy_names(
    __name__,
    {
        "NatsPerToken": "next_token",
        "NextTokenLoss": "next_token",
        "POOLINGS": "sequence_pooling",
        "DECODER": "decoder_names",
        "LstmDecoder": "lstm_decoder",
        "OF_LAST": "sequence_pooling",
        "OF_VOCABULARY": "decoder_names",
        "ObservedError": "observed_error",
        "ObservedMeanAbsoluteError": "observed_error",
        "PinballLoss": "pinball_loss",
        "QuantileSteps": "quantile_steps",
        "SequencePooling": "sequence_pooling",
        "TARGET_EMBEDDING": "decoder_names",
        "TOKEN_LOGITS": "decoder_names",
        "TaggingAccuracy": "tagging_accuracy",
        "TransformerDecoder": "transformer_decoder",
        "embedding_initializer": "embedding_initializer",
        "sinusoids": "sinusoids",
    },
)
