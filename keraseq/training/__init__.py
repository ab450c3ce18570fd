"""Compiled models lent, the loop, batches, optimiser and checkpoint; nothing of scikit-learn."""
