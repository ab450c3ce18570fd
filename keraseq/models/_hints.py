"""Training hints that several architectures share."""

# Few rows a batch, and as many passes as the steps take: the recipe of Wang et al. (2017) and
# Ismail Fawaz et al. (2020), whose networks see every training row to the end.
CONVOLUTIONAL = {
    "series": {
        "batch_size": 16,
        "learning_rate": 0.001,
        "early_stopping": False,
        "steps": 1500,
        "most_epochs": 1500,
    }
}
