# What a person types. `make demo` and `make test` set themselves up on a machine with Python >= 3.11, git and make.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
WORKERS ?= 5
PORT ?= 5100
CLI := tests/heroku_cli
CLI_WORKERS ?= 3
BROWSER_WORKERS ?= 2
# By hand on the command line only: many a shell has a BROWSER of its own, which may be any.
ifneq ($(origin BROWSER),command line)
BROWSER := $(firstword $(foreach name,chromium chromium-browser google-chrome,$(shell command -v $(name) 2>/dev/null)))
endif
# Compiled once and kept: else each of the workers compiles all tests anew.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help setup demo up test test-long test-cli test-examples heroku-cli transcripts test-browser screenshots chromium check format bench soak docs clean

help: ## Show this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-13s %s\n", $$1, $$2}'

setup: $(VENV)/installed ## Make .venv with everything (uv if present, else venv and pip)

$(VENV)/installed: pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Python 3.11 or newer is needed; $(PYTHON) is older. Try: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 3; }
	@echo "Setting up $(VENV), once; this takes a moment ..."
	@if command -v uv >/dev/null 2>&1; then \
		uv venv --quiet --allow-existing --python $(PYTHON) $(VENV) && install='uv pip install --quiet --python $(BIN)/python'; \
	else \
		$(PYTHON) -m venv $(VENV) && install='$(BIN)/python -m pip install --quiet --disable-pip-version-check'; \
	fi && \
	{ $$install -e '.[dev,database]' || \
		{ echo "No embedded PostgreSQL for this machine: going on without; the add-on \`database\` then wants DATABASE_ADMIN_URL."; \
		$$install -e '.[dev]'; }; }
	@touch $@

demo: setup ## Run the whole story on free ports, tell it, clean up
	@$(BIN)/platform-sim demo

up: setup ## Start platform, partner and sample app, and stay (Ctrl-C ends); PORT=5100
	@$(BIN)/platform-sim up --demo --port $(PORT)

test: setup $(VENV)/compiled ## Run all tests
	@$(BIN)/python -m pytest -n $(WORKERS)

# Else each of the workers compiles every test that is new, all of them the same. What cannot be collected, they tell.
$(VENV)/compiled: $(VENV)/installed $(shell find tests -name '*.py')
	@for half in '[a-d]*' '[e-z]*'; do ls -d tests/$$half | \
		xargs $(BIN)/python -m pytest -n 0 -qq --collect-only >/dev/null 2>&1 & done; wait
	@touch $@

test-long: setup ## Run what takes long: deep checks, the invariants' other rounds, stories with real programs
	@LONG=1 $(BIN)/python -m pytest -n $(WORKERS) --dist worksteal tests/stories \
		tests/invariants/test_machine.py tests/zoo/test_lives.py tests/cli/test_new.py

test-cli: setup $(CLI)/node_modules/installed ## Drive a platform with the real heroku CLI; needs Node >= 20 and npm
	@HEROKU_CLI=$(CURDIR)/$(CLI)/node_modules/.bin/heroku $(BIN)/python -m pytest -n $(CLI_WORKERS) $(CLI)

test-examples: setup ## Run the projects in examples/, each language that is here; wants a package index
	@EXAMPLES=1 $(if $(wildcard $(CLI)/node_modules/.bin/heroku),HEROKU_CLI=$(CURDIR)/$(CLI)/node_modules/.bin/heroku) \
		$(BIN)/python -m pytest -n 2 tests/examples

heroku-cli: $(CLI)/node_modules/installed ## Install the real heroku CLI for the tests; needs Node >= 20 and npm

transcripts: setup $(CLI)/node_modules/installed ## Write down anew what the CLI says; NAMES="addons apps"
	@HEROKU_CLI=$(CURDIR)/$(CLI)/node_modules/.bin/heroku $(BIN)/python -m tests.heroku_cli.play $(NAMES)

$(CLI)/node_modules/installed: $(CLI)/package-lock.json
	@echo "Installing the heroku CLI into $(CLI)/node_modules, once; this takes a minute ..."
	@cd $(CLI) && npm ci --silent --no-audit --no-fund --ignore-scripts
	@touch $@

test-browser: chromium ## Drive the pages in a real browser; needs Chromium (or BROWSER=/path/to/it)
	@CHROMIUM="$$(command -v '$(BROWSER)')" $(BIN)/python -m pytest -n $(BROWSER_WORKERS) tests/browser

screenshots: chromium ## Take the pictures in docs/pictures anew; PORT=5100
	@CHROMIUM="$$(command -v '$(BROWSER)')" PORT=$(PORT) $(BIN)/python -m tests.browser.pictures

chromium: setup
	@test -x "$$(command -v '$(BROWSER)')" || { echo "No Chromium is on the PATH, as chromium, chromium-browser or google-chrome." \
		"Install one, or name it: make $(MAKECMDGOALS) BROWSER=/path/to/chromium"; exit 3; }
	@$(MAKE) -s --no-print-directory $(VENV)/installed-browser

$(VENV)/installed-browser: $(VENV)/installed
	@echo "Installing what drives the browser, once ..."
	@if command -v uv >/dev/null 2>&1; then install='uv pip install --quiet --python $(BIN)/python'; \
	else install='$(BIN)/python -m pip install --quiet --disable-pip-version-check'; fi && $$install -e '.[browser]'
	@touch $@

check: setup ## What CI checks besides the tests: format, lint, types
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy

format: setup ## Bring the code into its form
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

bench: setup ## Measure ratios side by side in one run
	@$(BIN)/python -m tests.bench

soak: setup ## Play the invariants with random seeds until stopped; MINUTES=5, ROUNDS=1 SEED=42
	@$(BIN)/python -m tests.invariants $(if $(MINUTES),--minutes $(MINUTES)) $(if $(ROUNDS),--rounds $(ROUNDS)) \
		$(if $(SEED),--seed $(SEED)) $(if $(EXAMPLES),--examples $(EXAMPLES))

docs: setup ## Write the generated pages anew (settings, API coverage, the CLI's, rules for manifests)
	@$(BIN)/python -m platform_sim.settings > docs/settings.md
	@$(BIN)/python -m platform_sim.web.api.coverage > docs/api-coverage.md
	@$(BIN)/python -m platform_sim.web.sim.control_page > docs/control-api.md
	@$(BIN)/python -m platform_sim.web.sim.faults_page > docs/fault-kinds.md
	@$(BIN)/python -m platform_sim.partners.manifest_check > docs/manifest.md
	@$(BIN)/python -m platform_sim.conformance.pages > docs/rules.md
	@$(BIN)/python -m platform_sim.scenarios.schema > docs/scenario.schema.json
	@$(BIN)/python -m platform_sim.scenarios.page > docs/scenario-reference.md
	@$(BIN)/python -m tests.heroku_cli.coverage > docs/heroku-cli.md

clean: ## Remove what setup and runs have made in this folder
	rm -rf $(VENV) $(CLI)/node_modules .platform-sim .addon-service .pytest_cache .mypy_cache .ruff_cache .hypothesis build dist *.egg-info
