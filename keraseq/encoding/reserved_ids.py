"""The token ids that stand for no token of the user's, in every vocabulary and saved model.

Unknown hides tokens in training too; beginning and end are for models that write sequences, and
no encoder puts them there of its own accord.
"""

PADDING = 0
UNKNOWN = 1
BEGINNING = 2
END = 3
FIRST_FREE = 4
# What a vocabulary calls them, each at the place of its id.
RESERVED_TOKENS = ("", "[UNK]", "[BOS]", "[EOS]")
