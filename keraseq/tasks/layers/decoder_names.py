"""What the parts of a model that writes are called in it."""

TARGET_EMBEDDING = "target_embedding"
DECODER = "decoder"
TOKEN_LOGITS = "token_logits"
# Their sizes are the vocabulary's, not the architecture's.
OF_VOCABULARY = TARGET_EMBEDDING, TOKEN_LOGITS
