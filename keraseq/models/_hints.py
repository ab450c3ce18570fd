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

# Of .0005, .001, .003 and .01 the best on held-back training rows of SwedishLeaf (Transformer .72,
# .79, .80, .74), where recurrent networks were best at .01.
ATTENTION = {"series": {"learning_rate": 0.003}}
