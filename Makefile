PYTHON ?= python3
VENV = .venv
STAMP = $(VENV)/.installed
RUN = TF_CPP_MIN_LOG_LEVEL=3 SCIPY_ARRAY_API=1 $(VENV)/bin/python
BENCH = $(VENV)/.bench
BACKENDS = .venv-backends

.PHONY: demo test test-backends lint docs bench

demo: $(STAMP)
	$(RUN) recipes/compare.py --plot demo.png

test: $(STAMP)
	$(RUN) -m pytest -n 2

test-backends: $(BACKENDS)/.installed
	TF_CPP_MIN_LOG_LEVEL=3 SCIPY_ARRAY_API=1 \
	  $(BACKENDS)/bin/python benchmarks/backends.py -n 2 jax torch

lint: $(STAMP)
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(RUN) -m keraseq._stubs --check
	$(RUN) benchmarks/zoo_page.py --check
	$(VENV)/bin/codespell

docs: $(STAMP)
	$(RUN) -m keraseq._stubs
	$(RUN) benchmarks/_results.py
	$(RUN) benchmarks/zoo_page.py

bench: $(BENCH)
	$(RUN) benchmarks/bench.py

$(BENCH): $(STAMP)
	$(VENV)/bin/python -m pip install -q -e '.[bench]'
	touch $@

$(BACKENDS)/.installed: setup.cfg pyproject.toml
	$(PYTHON) -m venv $(BACKENDS)
	$(BACKENDS)/bin/python -m pip install -q --upgrade pip
	$(BACKENDS)/bin/python -m pip install -q -e '.[dev,backends]'
	touch $@

$(STAMP): setup.cfg pyproject.toml
	$(PYTHON) -c "import sys; v = sys.version_info[:2]; sys.exit(0 if v >= (3, 11) else \
	  'keraseq needs Python 3.11 or later, this is %d.%d: make PYTHON=python3.12' % v)"
	$(PYTHON) -m venv $(VENV)
	$(VENV)/bin/python -m pip install -q --upgrade pip
	$(VENV)/bin/python -m pip install -q -e '.[dev]'
	touch $@
