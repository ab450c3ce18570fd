"""Load every file of a folder and say what became of each, and what else happened meanwhile.

Run as ``python tests/_load_hostile.py good.keraseq,... folder``; a test reads the JSON.
"""

import json
import os
import signal
import sys
import warnings
from pathlib import Path

import numpy as np

import keraseq

TEXTS = ["good fun", "bad film", "neither"]
# What a file must make nobody do.
REFUSED = ("import", "exec", "compile", "marshal.loads", "pickle.", "subprocess.", "os.", "shutil.")
REFUSED += (
    "socket.",
    "ctypes.",
    "urllib.",
    "tempfile.",
    "glob.",
    "sys.",
    "code.",
    "builtins.input",
)
# Looking whether a path is there, and at what time it is.
ALLOWED = ("os.listdir", "os.scandir", "sys._getframe", "builtins.id")


def main(good, folder):
    events, active = [], None

    def hook(event, args):
        if active is None:
            return
        if event == "open":
            path, _, flags = args
            writes = bool((flags or 0) & (os.O_WRONLY | os.O_RDWR | os.O_CREAT))
            if writes or os.fspath(path) != str(active):
                events.append([active.name, event, str(args)])
        elif event.startswith(REFUSED) and event not in ALLOWED:
            events.append([active.name, event, str(args)[:200]])

    # All that is loaded on first use is loaded before anybody looks.
    expected = keraseq.load(good[0]).predict_proba(TEXTS)
    for path in good[1:]:
        keraseq.load(path)
    outcomes = {}
    for path in sorted(Path(folder).iterdir()):
        outcomes[path.name] = None
    sys.addaudithook(hook)
    for path in sorted(Path(folder).iterdir()):
        signal.setitimer(signal.ITIMER_REAL, 5)
        active = path
        try:
            loaded = keraseq.load(path)
            outcomes[path.name] = "loaded"
        except keraseq.ArtifactError as error:
            outcomes[path.name] = str(error)
        finally:
            active = None
            signal.setitimer(signal.ITIMER_REAL, 0)
        if outcomes[path.name] == "loaded" and not np.array_equal(
            loaded.predict_proba(TEXTS), expected
        ):
            outcomes[path.name] = "loaded, and answers otherwise"
    print("RESULT", json.dumps({"outcomes": outcomes, "events": events}))


if __name__ == "__main__":
    warnings.simplefilter("error", RuntimeWarning)
    main(sys.argv[1].split(","), sys.argv[2])
