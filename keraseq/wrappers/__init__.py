"""scikit-learn estimators over encoding, batching, builders and training."""
