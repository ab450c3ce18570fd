"""Write the file of format 1 that every later keraseq must load; not to be run again.

    python tests/artifact_format_1.py

Its answers stand in tests/test_artifacts.py. Should format 1 ever be written anew, because it was
wrong before anybody had a file of it, they change with it.
"""

from pathlib import Path

import keraseq

PATH = Path(__file__).with_name("artifact_format_1.keraseq")
TEXTS = ["a good film", "good fun", "a bad film", "bad, dull"] * 8
LABELS = ["pos", "pos", "neg", "neg"] * 8

if __name__ == "__main__":
    clf = keraseq.SequenceClassifier("gru", units=4, epochs=60, random_state=0)
    clf.set_params(model_params={"embedding_dim": 4}).fit(TEXTS, LABELS).save(PATH)
    print(clf.predict_proba(["good", "bad", "a film"]).tolist())
