"""Text written by a fitted generator."""

import copy
import warnings

import numpy as np
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_is_fitted

from keraseq._checks import shown
from keraseq.encoding.reserved_ids import BEGINNING, END, FIRST_FREE, UNKNOWN
from keraseq.wrappers._writing import Sampling, Written

# Tokens between two looks at whether a text has ended.
_CHUNK = 32


class Generation:
    """The half of :class:`keraseq.SequenceGenerator` that writes."""

    def generate(
        self,
        prompt="",
        length=200,
        temperature=1.0,
        top_k=None,
        top_p=None,
        n=1,
        stop=None,
        random_state=None,
    ):
        """Write on from a prompt.

        Parameters
        ----------
        prompt : str, or list of tokens
            What stands before (of ``backward=True`` behind) the text that is written.
        length : int, default=200
            Tokens that are written at most; fewer where a text ends.
        temperature : float, default=1.0
            Logits are divided by it; 0 takes the likeliest token each time (greedy).
        top_k : int, optional
            Draw from this many likeliest tokens alone.
        top_p : float, optional
            Draw from the likeliest tokens that have this share of the probability together.
        n : int, default=1
            How many texts.
        stop : str or list of str, optional
            Where one of them is written the text ends, before it.
        random_state : int, RandomState or None
            Equal seeds give equal texts.

        Returns
        -------
        str, or list of tokens
            What was written, the prompt left out; a list of `n` of them for ``n > 1``.

        Raises
        ------
        ValueError, TypeError
            For a setting out of range.

        Warns
        -----
        UserWarning
            Once a fit, where the prompt has tokens that training never saw.
        """
        sampling = self._sampling(length, temperature, top_k, top_p, n, stop)
        written = [self._new_text(sampling) for _ in range(sampling.n)]
        for ids in self._chunks(prompt, sampling, random_state):
            for text, column in zip(written, ids.T, strict=True):
                text.add(column)
            if all(text.is_done for text in written):
                break
        values = [self._in_reading_order(text.value) for text in written]
        return values if sampling.n > 1 else values[0]

    def stream(
        self,
        prompt="",
        length=200,
        temperature=1.0,
        top_k=None,
        top_p=None,
        stop=None,
        random_state=None,
    ):
        """Yield what :meth:`generate` would return, piece by piece as it is written.

        Of ``backward=True`` each piece stands before the one that came before it.

        Yields
        ------
        str, or list of tokens
        """
        sampling = self._sampling(length, temperature, top_k, top_p, 1, stop)
        # A later fit would change the model amid the text.
        return copy.copy(self)._pieces(prompt, sampling, random_state)

    def _pieces(self, prompt, sampling, random_state):
        text = self._new_text(sampling)
        for ids in self._chunks(prompt, sampling, random_state):
            text.add(ids[:, 0])
            piece = text.piece(is_last=False)
            if piece:
                yield self._in_reading_order(piece)
            if text.is_done:
                return
        piece = text.piece(is_last=True)
        if piece:
            yield self._in_reading_order(piece)

    def _sampling(self, length, temperature, top_k, top_p, n, stop):
        check_is_fitted(self, "_network")
        return Sampling.check(
            length=length,
            temperature=temperature,
            top_k=top_k,
            top_p=top_p,
            n=n,
            stop=stop,
            vocabulary_size=self.encoder_.vocabulary_size_,
        )

    def _new_text(self, sampling):
        stops = sampling.stop
        if self._backward and self.kind_ != "words":
            stops = tuple(stop[::-1] for stop in stops)
        return Written(self._decode, stops)

    def _decode(self, ids):
        """Text in the order in which it is written: of a backward model from its end."""
        ids = ids[::-1] if self._backward else ids
        if self.kind_ == "words":
            value = [self.vocabulary_[i] for i in ids]
        else:
            value = self.encoder_.inverse_transform([np.array(ids, np.int32)])[0]
        return value[::-1] if self._backward else value

    def _in_reading_order(self, value):
        return value[::-1] if self._backward else value

    def _chunks(self, prompt, sampling, random_state):
        """Yield arrays `(steps, n)` of ids, as they are written."""
        from keraseq.training.writer import Writer

        draw = check_random_state(random_state)
        read = np.concatenate([[BEGINNING], self._prompt_ids(prompt)]).astype(np.int32)
        read = np.tile(read, (sampling.n, 1))
        most, position, left, n_read = self._most_steps, None, sampling.length, 0
        while left > 0:
            steps = min(left, _CHUNK)
            numbers = draw.random_sample((steps, sampling.n))
            with self._network.borrow() as model:
                writer = Writer.of(model, self._network.gives_probabilities)
                if most is not None and position is not None and n_read + steps > most:
                    position = None
                if position is None:
                    read = read if most is None else read[:, -max(1, most // 2) :]
                    position, n_read = writer.read(read), read.shape[1]
                ids, position = writer.write(
                    position,
                    numbers,
                    temperature=sampling.temperature,
                    top_k=sampling.top_k,
                    top_p=sampling.top_p,
                    barred=self._barred(model.output.shape[-1]),
                )
            n_read += steps
            if most is not None:
                read = np.concatenate([read, ids.T], axis=1)
            left -= steps
            yield ids

    @property
    def _most_steps(self):
        """Steps that a body reads at most: attention knows no place behind those of training."""
        blueprint = self._network.blueprint
        is_attention = blueprint.is_plan and blueprint.plan.spec.family == "attention"
        return max(self.params_["window"], _CHUNK + 2) if is_attention else None

    def _barred(self, n_outputs):
        """Which ids are never written."""
        barred = np.arange(n_outputs) >= self.encoder_.vocabulary_size_
        barred[:FIRST_FREE] = True
        barred[END] = self.is_one_text_
        return barred

    def _prompt_ids(self, prompt):
        if not self._may_follow(prompt):
            wanted = "a list of tokens" if self.kind_ == "words" else "a string"
            raise TypeError(f"prompt={shown(prompt)} must be {wanted}, as the training texts were.")
        if not len(prompt):
            return np.empty(0, np.int32)
        ids = self.encoder_.transform([prompt])[0]
        self._warn_of_unknown(prompt, ids)
        return ids[::-1] if self._backward else ids

    def _may_follow(self, prompt):
        """Whether a prompt is as the training texts were; nothing at all may be of either kind."""
        if isinstance(prompt, str):
            return self.kind_ != "words" or not prompt
        is_array = hasattr(prompt, "__array__") and np.ndim(prompt) == 1
        if not is_array and not isinstance(prompt, list | tuple):
            return False
        return not len(prompt) or (
            self.kind_ == "words" and all(isinstance(token, str) for token in prompt)
        )

    def _warn_of_unknown(self, prompt, ids):
        n_unknown = int((ids == UNKNOWN).sum())
        if n_unknown and not getattr(self._network, "has_told", False):
            self._network.has_told = True
            warnings.warn(
                f"prompt={shown(prompt)} has {n_unknown} tokens that training never saw; they are "
                "read as unknown. (This is said once.)",
                UserWarning,
                stacklevel=5,
            )
