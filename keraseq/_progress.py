"""A progress bar for work that somebody waits for."""

import sys
import threading
import time
import warnings

_DELAY = 3  # seconds; shorter work shows nothing


def progress_bar(total, *, verbose=1, **settings):
    """Return a tqdm bar, shown in a terminal or notebook alone, and only where it takes a while.

    Parameters
    ----------
    total : int or float
    verbose : int, default=1
        0 shows nothing anywhere.
    **settings
        Further arguments of tqdm.
    """
    from tqdm import TqdmWarning

    with warnings.catch_warnings():
        # A notebook without ipywidgets has a bar of text, and no warning.
        warnings.simplefilter("ignore", TqdmWarning)
        from tqdm.auto import tqdm

    shown = verbose and (sys.stderr.isatty() or "ipykernel" in sys.modules)
    bar = tqdm(total=total, disable=not shown, delay=_DELAY, dynamic_ncols=True, **settings)
    if shown:
        # By itself it would first appear when a step ends, which may take minutes.
        timer = threading.Timer(_DELAY, _show, [bar])
        timer.daemon = True
        timer.start()
    return bar


def _show(bar):
    if not bar.disable:
        bar.refresh()
        bar.last_print_t = time.time()  # or it would not end its line
