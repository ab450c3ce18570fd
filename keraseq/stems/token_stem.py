"""Token ids."""

from dataclasses import dataclass, replace
from typing import ClassVar

from keraseq._checks import check_fraction, check_integer
from keraseq._keras import keras, layers
from keraseq.stems import layers as stem_layers
from keraseq.stems._stem import Encoded, Stem, check_embedding, check_time
from keraseq.tasks import layers as task_layers

# The layer that no budget counts: its size is the vocabulary's, not the architecture's.
TOKEN_EMBEDDING = "token_embedding"
NGRAM_DIM = 8
# Share of training rows that are answered without the body, and of those without the bag. On
# generated reviews, where word order decides, an LSTM had .949 where each lacked a third and .986
# so (three seeds): the bag, which learns the rows by heart, leaves the body little to learn.
_LACKING = 1 / 6, 1 / 3
_BUCKETS_A_TOKEN, _MOST_BUCKETS = 8, 1 << 17
# Width, dropout behind it, word dropout and n-grams. Chosen on parts of training rows: a dropout of
# .7 was .7 to .9 points above .4 on short sentences, max pooling .2 above mean beside max. On 1,200
# rows of TREC, SST-2, tweets and Python's docs a GRU had .718 without n-grams, .721 with those of
# two words, .722 where each reading is alone on a third of the rows, and .731 with every tenth word
# hidden and none dropped for being rare (TF-IDF .727); on 20,000 of IMDB's rows a convolution had
# .892 and .906 (bigrams; trigrams .904). Hiding rare words more and frequent ones hardly ever was
# .758 against .743 on one such part of each of the four sets, .795 against .783 on three of TREC.
DEFAULTS = 64, 0.7, 0.3, 2


@dataclass(frozen=True)
class TokenStem(Stem):
    """Token ids `(batch, time)`, 0 being padding, to a learned vector each.

    Attributes
    ----------
    time, embedding_dim, embedding_dropout : as of every stem
    vocabulary_size : int
        Number of ids, padding included.
    token_dropout : float
        Share of the rarest tokens that are unknown ones while training; frequent ones are less.
    ngrams : int
        The longest n-grams of tokens whose bag the answer reads beside the steps; 0 for none.
    tie_embedding : bool
        Whether the answer is compared with the tokens' own vectors.
    embedding_spread : float or None
        Standard deviation of the first vectors; None for Keras's own.
    """

    vocabulary_size: int
    token_dropout: float
    # What plans of before had.
    ngrams: int = 0
    tie_embedding: bool = False
    embedding_spread: float | None = None

    name: ClassVar[str] = "token"
    kind: ClassVar[str] = "tokens"
    default_pooling: ClassVar[str] = "max"

    @classmethod
    def make(
        cls,
        task,
        input_shape,
        vocabulary_size,
        *,
        embedding_dim=None,
        embedding_dropout=None,
        token_dropout=None,
        ngrams=None,
        tie_embedding=None,
        patch_length=None,
        patch_stride=None,
    ):
        """Check a builder's arguments and return the stem."""
        size = check_integer("vocabulary_size", vocabulary_size, 2)
        if len(input_shape) != 1:
            raise ValueError(
                f"input_shape={input_shape!r} with vocabulary_size: token ids have the shape "
                "(time,), for instance (None,)."
            )
        for name, given in (("patch_length", patch_length), ("patch_stride", patch_stride)):
            if given is not None:
                raise ValueError(f"{name} is of steps of numbers; token ids have no patches.")
        defaults = task.token_defaults or DEFAULTS
        token_dropout = defaults[2] if token_dropout is None else token_dropout
        return cls(
            check_time(input_shape[0]),
            *check_embedding(defaults[:2], embedding_dim, embedding_dropout),
            size,
            check_fraction("token_dropout", token_dropout),
            _check_ngrams(ngrams, task),
            _check_tied(tie_embedding, task),
            # Of tied vectors the first answers are products, which large ones make too sure.
            None if tie_embedding else task.first_spread(size),
        )

    def inputs(self):
        return keras.Input((self.time,), dtype="int32", name="sequence")

    def encode(self, inputs):
        ids, mask = stem_layers.Padding(name="padding")(inputs)
        if self.token_dropout:
            ids = stem_layers.TokenDropout(self.token_dropout, name="token_dropout")(ids)
        if not self.ngrams:
            layer = stem_layers.TiedEmbedding if self.tie_embedding else layers.Embedding
            embed = layer(
                self.vocabulary_size,
                self.embedding_dim,
                embeddings_initializer=task_layers.embedding_initializer(self.embedding_spread),
                name=TOKEN_EMBEDDING,
            )
            tied = embed if self.tie_embedding else None
            return Encoded(self._dropout(embed(ids)), mask, embedding=tied)
        x = stem_layers.TokenEmbedding(
            self.vocabulary_size,
            self.embedding_dim,
            ngrams=self.ngrams,
            ngram_dim=NGRAM_DIM,
            buckets=self._buckets,
            name=TOKEN_EMBEDDING,
        )(ids)
        x = self._dropout(x)
        bag = stem_layers.BagOfSteps(name="bag_of_ngrams")(x[..., self.embedding_dim :], mask)
        return Encoded(x[..., : self.embedding_dim], mask, bag=bag)

    def join(self, features, encoded):
        if encoded.bag is None:
            return features
        return stem_layers.JoinReadings(_LACKING, name="join_readings")(features, encoded.bag)

    @property
    def _buckets(self):
        """Some rows a token, for the n-grams that are seen more than once or twice."""
        size = _BUCKETS_A_TOKEN * self.vocabulary_size
        return min(_MOST_BUCKETS, 1 << (size - 1).bit_length())

    def without_vocabulary(self):
        return replace(self, vocabulary_size=2)


def _check_tied(tie_embedding, task):
    if tie_embedding and not task.answers_tokens:
        raise ValueError(
            f"tie_embedding={tie_embedding!r}: task={task.name!r} does not answer with tokens, so "
            "that nothing can share the embedding; leave it out."
        )
    return bool(tie_embedding)


def _check_ngrams(ngrams, task):
    if ngrams is None:
        return 0 if task.per_step else DEFAULTS[3]
    ngrams = check_integer("ngrams", ngrams, 0)
    if ngrams and task.per_step:
        raise ValueError(
            f"ngrams={ngrams}: a bag of n-grams is of a whole sequence, and task={task.name!r} "
            "answers at every step; leave it out."
        )
    return ngrams
