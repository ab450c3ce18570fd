"""The likeliest target of a source, token by token."""

import functools

import numpy as np

from keraseq._keras import keras, ops, without_gradients
from keraseq.encoding.reserved_ids import BEGINNING, END, PADDING
from keraseq.tasks.layers import DECODER, TARGET_EMBEDDING, TOKEN_LOGITS
from keraseq.training.only_tensorflow import has_fast_path

_NEVER = -1e9


class BeamSearch:
    """Write targets with a model of pairs: its source is read once, its state kept step by step.

    Parameters
    ----------
    model : keras.Model
        Of a task that writes.

    Attributes
    ----------
    n_traces : int
        Times that a search was compiled; one serves all lengths.
    """

    def __init__(self, model):
        self._decoder = model.get_layer(DECODER)
        self._embed, self._head = model.get_layer(TARGET_EMBEDDING), model.get_layer(TOKEN_LOGITS)
        source = model.input["source"]
        self._encoder = keras.Model(source, self._decoder.input[1:])
        self._searches = {}
        self.n_traces = 0

    @classmethod
    def of(cls, model):
        """The search of a model, made once."""
        found = getattr(model, "beam_search", None)
        if found is None:
            found = model.beam_search = cls(model)
        return found

    def run(self, source, barred, most_steps, *, beam_size, length_penalty):
        """Write a target for each row.

        Parameters
        ----------
        source : ndarray `(batch, time)` or `(batch, time, channels)`
        barred : ndarray of bool `(vocabulary,)`
            Ids that are never written.
        most_steps : int
            Tokens of a target at most, its end included.
        beam_size : int
            Beginnings kept at every step; 1 takes the likeliest token each time (greedy).
        length_penalty : float
            Beginnings that have ended are compared by their log-likelihood over
            ``((5 + length) / 6) ** length_penalty`` (Wu et al. 2016).

        Returns
        -------
        ids : ndarray of int `(batch, most_steps)`
            Padded with 0; the end's id is among them where it was written.
        log_likelihood : ndarray `(batch,)`
        """
        forbidden = np.where(barred, _NEVER, 0).astype(np.float32)
        arguments = (source, forbidden, np.int32(most_steps), np.float32(length_penalty))
        with without_gradients():
            found = self._search(beam_size, source)(*arguments)
        return tuple(ops.convert_to_numpy(part) for part in found)

    def numbers_kept(self, vocabulary_size, most_steps, lengths):
        """About how many numbers a step keeps for sources of these lengths, each begun once."""
        decoder = self._decoder
        width = 2 * decoder.units * decoder.num_layers
        return vocabulary_size + width * (most_steps + np.asarray(lengths))

    def attention(self, source, ids):
        """What each token of a target looks at.

        Parameters
        ----------
        source : ndarray `(1, time)` or `(1, time, channels)`
        ids : sequence of int
            What was written.

        Returns
        -------
        ndarray `(tokens, source_time)`
            Rows of sum one.
        """
        rows = []
        with without_gradients():
            memory, allowed = self._encoder(source, training=False)
            attended = self._decoder.read(memory, allowed)
            state = self._decoder.begin(attended, len(ids))
            for t, before in enumerate([BEGINNING, *ids[:-1]]):
                x = self._embed(np.array([before], np.int32))
                _, state, weights = self._decoder.step(x, np.int32(t), state, attended)
                rows.append(ops.convert_to_numpy(weights)[0])
        return np.stack(rows)

    def _search(self, beam_size, source):
        key = beam_size, source.dtype
        if key not in self._searches:
            function = functools.partial(self._write, beam_size)
            if has_fast_path("beam search"):
                import tensorflow as tf

                shape = (None, None, *source.shape[2:])
                signature = [
                    tf.TensorSpec(shape, source.dtype),
                    tf.TensorSpec((None,), tf.float32),
                    tf.TensorSpec((), tf.int32),
                    tf.TensorSpec((), tf.float32),
                ]
                function = tf.function(function, input_signature=signature, autograph=False)
            self._searches[key] = function
        return self._searches[key]

    def _write(self, beam, source, forbidden, most_steps, length_penalty):
        self.n_traces += 1
        n, forbidden = ops.shape(source)[0], ops.convert_to_tensor(forbidden)
        memory, allowed = self._encoder(source, training=False)
        attended = self._decoder.read(memory, allowed)
        state = self._decoder.begin(attended, most_steps)
        attended, state = keras.tree.map_structure(
            lambda part: ops.repeat(part, beam, axis=0), (attended, state)
        )
        # All beginnings are one and the same before the first step.
        first = ops.concatenate([ops.zeros((n, 1)), ops.full((n, beam - 1), _NEVER)], axis=1)
        begun = (
            ops.convert_to_tensor(0, "int32"),
            ops.zeros((n * beam, most_steps), "int32"),
            ops.full((n * beam,), BEGINNING, "int32"),
            first,
            ops.zeros((n, beam), "bool"),
            *state,
        )
        places = ops.arange(most_steps)

        def is_going(t, ids, last, scores, ended, *state):
            return ops.logical_and(t < most_steps, ops.logical_not(ops.all(ended)))

        def take_step(t, ids, last, scores, ended, *state):
            x = self._embed(last)
            features, state, _ = self._decoder.step(x, t, [*state], attended)
            chances = ops.log_softmax(ops.cast(self._head(features), "float32")) + forbidden
            size = chances.shape[-1]
            # What has ended goes on with padding, at no cost.
            rest = ops.where(ops.arange(size) == PADDING, 0.0, _NEVER)
            chances = ops.reshape(chances, (n, beam, size))
            chances = ops.where(ended[..., None], rest, chances) + scores[..., None]
            scores, best = ops.top_k(ops.reshape(chances, (n, beam * size)), beam)
            last = ops.reshape(ops.cast(best % size, "int32"), (n * beam,))
            if beam > 1:
                rows = ops.cast(best // size, "int32") + ops.arange(n)[:, None] * beam
                rows = ops.reshape(rows, (n * beam,))
                ids, *state = (ops.take(part, rows, axis=0) for part in (ids, *state))
                ended = ops.reshape(ops.take(ops.reshape(ended, (n * beam,)), rows), (n, beam))
            ids = ops.where(places == t, last[:, None], ids)
            ended = ops.logical_or(ended, ops.reshape(last == END, (n, beam)))
            return (t + 1, ids, last, scores, ended, *state)

        _, ids, _, scores, *_ = ops.while_loop(is_going, take_step, begun)
        ids = ops.reshape(ids, (n, beam, most_steps))
        lengths = ops.cast(ops.sum(ids != PADDING, axis=-1), "float32")
        fair = scores / ((5.0 + lengths) / 6.0) ** length_penalty
        best = ops.argmax(fair, axis=-1)
        chosen = ops.take_along_axis(ids, best[:, None, None], axis=1)[:, 0]
        return chosen, ops.take_along_axis(scores, best[:, None], axis=1)[:, 0]
