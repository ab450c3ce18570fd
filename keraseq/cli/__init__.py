"""The command line: what the scripts in `recipes/` share.

A recipe is a function ``run(options)`` between :func:`parser` and :func:`main`; the other names
load, fit, print and save for it.
"""

from keraseq._lazy_names import lazy_names

# Public name -> module: nothing is imported before it is used, so that --help and a mistake in the
# command line are answered at once.
_MODULES = {
    "about": "printing",
    "any_data": "labelled_data",
    "classify": "fit_classifier",
    "Service": "service",
    "epochs": "fitting",
    "finish": "command_line",
    "forecast_tests": "forecast_scores",
    "full_bars": "abc_tunes",
    "import_extra": "command_line",
    "main": "command_line",
    "midi_bytes": "midi_file",
    "pair_data": "pairs",
    "parser": "command_line",
    "plot_forecasts": "forecast_scores",
    "positive": "command_line",
    "print_lines": "printing",
    "read_tune": "abc_notation",
    "save_model": "saving",
    "save_plot": "saving",
    "scores": "forecast_scores",
    "seed": "command_line",
    "series_by_series": "forecast_scores",
    "series_data": "labelled_data",
    "series_to_forecast": "forecast_data",
    "step": "command_line",
    "text_data": "labelled_data",
    "timed": "fitting",
    "training_bar": "fitting",
    "transduce": "fit_pairs",
    "tune_data": "abc_tunes",
    "unescaped": "command_line",
}
__all__ = list(_MODULES)
__getattr__, __dir__ = lazy_names(__name__, _MODULES)
