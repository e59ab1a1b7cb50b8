# Needs GNU make, a POSIX shell and Python 3.11 or newer. `make` alone lists what there is to do.

PYTHON ?= python3
UV ?=
TORCH_INDEX ?=
PYTEST_ARGS ?=
# Slow files come early, in the order of their names, so that none of them is left for one process at the end.
AT_ONCE ?= -n $(shell cores=$$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2); [ $$cores -lt 4 ] || cores=4; expr $$cores + 1) --dist loadfile --no-loadscope-reorder
BENCH_ARGS ?=

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip -q --disable-pip-version-check
TORCH := $(shell sed -n 's/^\(torch==[^ ;]*\).*/\1/p' requirements.lock)
SOURCES := config store crawler matcher notifier web jobs

# A stamp says that something is installed; it is older than what it was made of when that changes.
MADE := $(VENV)/.made
RUNTIME := $(VENV)/.runtime
TESTS := $(VENV)/.tests

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help setup demo test check format messages pictures lock bench run serve clean build

help: ## List the targets
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1|\2/p' $(MAKEFILE_LIST) | awk -F '|' '{ printf "%-14s %s\n", $$1, $$2 }'
	@echo
	@echo 'Variables: PYTHON=python3.12 takes another interpreter for .venv.'
	@echo 'AT_ONCE= runs the tests one after the other; most of them wait, so one more at once than there are cores (five at most) is fastest.'
	@echo 'TORCH_INDEX=ADDRESS takes PyTorch from there, such as the build for CPUs, a tenth of the'
	@echo 'size: choose "CPU" on https://pytorch.org/get-started/locally/ and copy the --index-url.'

setup: $(TESTS) ## Make .venv, with what the tests need

demo: $(RUNTIME) ## Show the whole job on sample data: no network, no configuration
	@$(BIN)/callwatch demo --once

test: $(TESTS) ## Run everything that CI runs; PYTEST_ARGS narrows the tests
	@checked=0; $(MAKE) --no-print-directory check || checked=$$?; \
	$(BIN)/python -m pytest $(AT_ONCE) $(PYTEST_ARGS) && exit $$checked

check: $(TESTS) ## Lint, formatting, types, and which package may import which
	@failed=0; \
	$(BIN)/ruff check . || failed=1; \
	$(BIN)/ruff format --check . || failed=1; \
	$(BIN)/mypy || failed=1; \
	$(BIN)/lint-imports || failed=1; \
	exit $$failed

format: $(TESTS) ## Put the code in shape, as far as a tool can
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

messages: $(RUNTIME) ## Read anew what there is to translate, and name what is not translated
	@$(BIN)/python -m config.catalogue

pictures: $(TESTS) ## Take the pictures of every page for the documentation; needs Chromium
	@$(BIN)/python -m tests.browser.pictures

run: $(RUNTIME) ## Start the scheduler: crawl, match and mail at their hours
	@$(BIN)/callwatch run

serve: $(RUNTIME) ## Serve the pages on port 8000
	@$(BIN)/callwatch serve

bench: $(TESTS) ## Run the benchmarks, each beside its peer; BENCH_ARGS goes to them
	@$(BIN)/callwatch bench -- $(BENCH_ARGS)

build: $(TESTS) ## Build the wheel and the source archive into dist/
	@$(BIN)/python -m build --no-isolation

# Versions in the old lock are kept where they still fit; delete it first to take the newest ones.
lock: $(MADE) ## Pin every dependency again, after a change in pyproject.toml
	@uv='$(UV)'; \
	if [ -z "$$uv" ]; then $(PIP) install uv && uv=$(BIN)/uv; fi; \
	touch requirements.lock && cp requirements.lock $(VENV)/lock && \
	"$$uv" pip compile pyproject.toml --quiet --all-extras --universal --python-version 3.11 \
	  --no-header -o $(VENV)/lock && \
	{ echo '# Every version that the tests ran with, for all platforms. Written by: make lock'; \
	  echo '# Use it as constraints (pip install -c requirements.lock …): it also names the CUDA packages'; \
	  echo '# of the default torch on Linux, which the build for CPUs does without.'; \
	  cat $(VENV)/lock; } > $(VENV)/lock.new && \
	mv $(VENV)/lock.new requirements.lock && rm $(VENV)/lock

clean: ## Remove .venv, builds and caches; your data in var/ stay
	@rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	@find $(SOURCES) tests -type d -name __pycache__ -prune -exec rm -rf {} +

$(MADE):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
	  found=$$($(PYTHON) --version 2>/dev/null) || found='not there'; \
	  echo "Callwatch needs Python 3.11 or newer, and $(PYTHON) is $$found; name another: make PYTHON=python3.12" >&2; \
	  exit 1; }
	@if ! $(BIN)/python -m pip --version >/dev/null 2>&1; then \
	  $(PYTHON) -c 'import ensurepip' 2>/dev/null || { \
	    if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	      echo 'installing python3-venv …'; \
	      { apt-get -qq install -y python3-venv || { apt-get -qq update && apt-get -qq install -y python3-venv; }; } >/dev/null 2>&1; \
	    fi; \
	    $(PYTHON) -c 'import ensurepip' 2>/dev/null || { \
	      echo "$(PYTHON) cannot make a virtual environment; install what is missing: sudo apt install python3-venv" >&2; \
	      exit 1; }; }; \
	  rm -rf $(VENV) && $(PYTHON) -m venv $(VENV); \
	fi
	@touch $@

$(RUNTIME): $(MADE) pyproject.toml requirements.lock
	@echo 'installing Callwatch into $(VENV), a few minutes the first time …'
	@if [ -n '$(TORCH_INDEX)' ]; then $(PIP) install --no-deps --index-url '$(TORCH_INDEX)' '$(TORCH)'; fi
	@$(PIP) install -c requirements.lock -e .
	@touch $@

$(TESTS): $(RUNTIME)
	@echo 'installing what the tests need …'
	@$(PIP) install -c requirements.lock -e '.[test]'
	@touch $@
