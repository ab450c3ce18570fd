"""One call for what several threads ask at once."""

import queue
import threading
import time
from concurrent.futures import Future

_END = object()


class Batcher:
    """Collects rows that threads bring within a moment, and calls a function once for all.

    A model answers a batch in little more time than a row, so that under load each waits less.

    Parameters
    ----------
    function : callable
        From a list of rows to as many answers; called in one thread alone.
    wait : float, default=0.005
        Seconds that a batch waits for more rows after its first ones.
    most : int, default=256
        Rows after which it waits no longer.

    Attributes
    ----------
    n_calls : int
        Of the function.

    Examples
    --------
    >>> from keraseq.cli.batcher import Batcher
    >>> with Batcher(lambda rows: [2 * row for row in rows]) as double:
    ...     double([1, 2])
    [2, 4]
    """

    def __init__(self, function, *, wait=0.005, most=256):
        self._function, self._wait, self._most = function, wait, most
        self._questions, self._lock, self.n_calls = queue.SimpleQueue(), threading.Lock(), 0
        self._is_closed = False
        self._thread = threading.Thread(target=self._work, name="keraseq-batcher", daemon=True)
        self._thread.start()

    def __call__(self, rows):
        """Return the answers to these rows, once there are any.

        Raises
        ------
        Exception
            Of the function, for these rows alone; those of others do not matter.
        RuntimeError
            After `close`.
        """
        future = Future()
        with self._lock:
            if self._is_closed:
                raise RuntimeError("The service is closing and takes no more rows.")
            self._questions.put((list(rows), future))
        return future.result()

    def close(self):
        """Answer what was asked before, and end."""
        with self._lock:
            if not self._is_closed:
                self._questions.put(_END)
            self._is_closed = True
        self._thread.join()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def _work(self):
        is_open = True
        while is_open:
            first = self._questions.get()
            if first is _END:
                return
            batch, is_open = self._collect(first)
            self._answer(batch)

    def _collect(self, first):
        """The questions of a batch, and whether more are to come after it."""
        batch, n, end = [first], len(first[0]), time.monotonic() + self._wait
        while n < self._most:
            try:
                question = self._questions.get(timeout=max(0, end - time.monotonic()))
            except queue.Empty:
                break
            if question is _END:
                return batch, False
            batch.append(question)
            n += len(question[0])
        return batch, True

    def _answer(self, batch):
        rows = [row for part, _ in batch for row in part]
        self.n_calls += 1
        try:
            answers = list(self._function(rows))
            if len(answers) != len(rows):
                raise RuntimeError(f"{len(rows)} rows got {len(answers)} answers.")
        except Exception as error:
            if len(batch) == 1:
                batch[0][1].set_exception(error)
                return
            # Whose rows they are is found by asking one by one.
            for question in batch:
                self._answer([question])
            return
        for part, future in batch:
            future.set_result(answers[: len(part)])
            answers = answers[len(part) :]
