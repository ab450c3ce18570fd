"""Where sequences come from: `load_*` (installed), `make_*` (generated), `fetch_*` (downloaded).

`scan_parquet` names the columns of files that are read in parts. Every other function returns a
`sklearn.utils.Bunch` with `data`, `target`, `target_names`, `subset`, `DESCR`, `license` and
`citation`, or `(data, target)` with `return_X_y=True`.
"""

from keraseq._lazy_names import lazy_names

# Public name -> module: nothing is imported before it is used, and this table is the only list.
_MODULES = {
    "fetch_airline_tweets": "airline_tweets",
    "fetch_eng_fra": "eng_fra",
    "fetch_ett": "ett",
    "fetch_imdb": "imdb",
    "fetch_sst2": "sst2",
    "fetch_tiny_shakespeare": "tiny_shakespeare",
    "fetch_trec": "trec",
    "fetch_ucr": "ucr",
    "load_co2": "co2",
    "load_digit_rows": "digit_rows",
    "load_python_docs": "python_docs",
    "load_sunspots": "sunspots",
    "make_adding": "memory_tasks",
    "make_copy": "memory_tasks",
    "make_dates": "dates",
    "make_reviews": "reviews",
    "make_tunes": "tunes",
    "scan_parquet": "scan_parquet",
}
__all__ = list(_MODULES)
__getattr__, __dir__ = lazy_names(__name__, _MODULES)
