"""Networks of PyTorch as skorch trains them."""

import torch
from _bench_sizes import AVERAGE, CLIP, DECAY, RATE
from _bench_torch import TextModel
from skorch import NeuralNetClassifier
from skorch.callbacks import Callback, GradientNormClipping


class Averaging(Callback):
    """Keep an average of the weights, as Keras's optimisers can."""

    def initialize(self):
        self.average = None

    @torch.no_grad()
    def on_batch_end(self, net, training=False, **_):
        if not training:
            return
        weights = [weight.detach() for weight in net.module_.parameters()]
        if self.average is None:
            self.average = [weight.clone() for weight in weights]
        torch._foreach_lerp_(self.average, weights, 1 - AVERAGE)


def net(module, *, averages=False, rate=RATE, batch_size=64, callbacks=(), **settings):
    """AdamW with a clipped norm, all rows shuffled anew for an epoch, no validation part."""
    return NeuralNetClassifier(
        module,
        criterion=torch.nn.CrossEntropyLoss,
        optimizer=torch.optim.AdamW,
        optimizer__weight_decay=DECAY,
        lr=rate,
        batch_size=batch_size,
        train_split=None,
        iterator_train__shuffle=True,
        callbacks=[GradientNormClipping(CLIP), *([Averaging()] if averages else []), *callbacks],
        callbacks__valid_acc=None,
        verbose=0,
        **settings,
    )


def text_net(n_tokens, *, rate, dropout):
    """One bidirectional LSTM on ids; every batch is padded to its own longest row."""
    made = net(
        TextModel,
        module__n_tokens=n_tokens,
        module__dropout=dropout,
        rate=rate,
        max_epochs=1,
        iterator_train__collate_fn=_padded,
    )
    return made.initialize()


class Rows(torch.utils.data.Dataset):
    """Rows of ids of any length, and their classes."""

    def __init__(self, ids, y):
        self._ids, self._y = ids, y

    def __len__(self):
        return len(self._ids)

    def __getitem__(self, i):
        return self._ids[i], self._y[i]


def _padded(rows):
    ids, labels = zip(*rows, strict=True)
    ids = [torch.as_tensor(row, dtype=torch.int64) for row in ids]
    return torch.nn.utils.rnn.pad_sequence(ids, batch_first=True), torch.tensor(labels)
