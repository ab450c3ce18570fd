"""How much a fit grows the process."""

import threading

import psutil


class PeakMemory:
    """Watch the process while a block runs; `megabytes` is what it rose by at most."""

    def __init__(self, interval=0.02):
        self._interval = interval
        self.megabytes = 0.0

    def __enter__(self):
        self._process = psutil.Process()
        self._start = self._peak = self._process.memory_info().rss
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()
        return self

    def _watch(self):
        while not self._done.wait(self._interval):
            self._peak = max(self._peak, self._process.memory_info().rss)

    def __exit__(self, *exception):
        self._done.set()
        self._thread.join()
        self._peak = max(self._peak, self._process.memory_info().rss)
        self.megabytes = (self._peak - self._start) / 2**20
