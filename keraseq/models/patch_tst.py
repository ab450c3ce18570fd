"""The Transformer over patches."""

from keraseq.models._register import register_preset

# Patches, layers and dropout as in the paper; its batch normalisation, learned positions and
# flattened head are layer normalisation, sinusoids and the shared reading here.
register_preset(
    "patch_tst",
    of="transformer",
    title="PatchTST",
    authors="Yuqi Nie et al.",
    year=2023,
    paper="A time series is worth 64 words: long-term forecasting with Transformers. ICLR, "
    "arXiv:2211.14730",
    patch_length=16,
    patch_stride=8,
    num_layers=3,
    dropout=0.2,
)
