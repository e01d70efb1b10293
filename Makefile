# Everything a developer does here. `make` lists it. Nothing needs to be installed before but Python 3.11+ with venv or
# pip, and make (and Chromium for `make e2e`).
.DEFAULT_GOAL := help
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c

# uv is taken from the PATH, or installed at its pinned version into a folder of the project's own.
UV_VERSION := $(shell sed -n 's/^    "uv==\(.*\)",$$/\1/p' pyproject.toml)
# Absolute, because scripts call it from folders of theirs.
UV_HOME := $(CURDIR)/.cache/uv-$(UV_VERSION)
UV := $(or $(shell command -v uv),$(UV_HOME)/bin/uv)
RUN := $(UV) run --quiet --no-sync
NPM := UV="$(UV)" $(CURDIR)/.ci/npm

# How many tests run at once; `make test WORKERS=0` runs them in order, as a debugger needs it.
WORKERS ?= 2
SIDE_BY_SIDE = --numprocesses $(WORKERS) --dist loadfile

.PHONY: help
help: ## List the targets
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

$(UV_HOME)/bin/uv:
	@.ci/get-uv $(UV_VERSION) $(UV_HOME)

.PHONY: setup
setup: $(if $(findstring $(UV_HOME),$(UV)),$(UV_HOME)/bin/uv) ## Make the Python environment with everything in it
	@$(UV) sync --quiet --all-packages --all-extras

.PHONY: up
up: setup ## Start the platform (embedded stack); ARGS="--stack native" starts the real servers
	@$(RUN) catalog up $(ARGS)

.PHONY: down
down: setup ## Stop what runs
	@$(RUN) catalog down $(ARGS)

.PHONY: sample
sample: setup ## Fill it with 50 telecom plans and devices, published (OF=ai-models: 1,442 AI models)
	@$(RUN) catalog sample $(or $(OF),telecom)

.PHONY: test
test: setup ## Run the tests, with the features in the embedded world
	@$(RUN) pytest -m "not real and not browser" $(SIDE_BY_SIDE) $(ARGS)

.PHONY: test-real
test-real: setup ## Run features, contracts and kills against the real servers: Keycloak, RabbitMQ, Camunda, MongoDB, Zipkin
	@$(RUN) pytest features tests/contract --world real -m "(real or world) and not browser" $(ARGS)
	@$(RUN) pytest tests/resilience apps/platform -m real $(ARGS)

.PHONY: lint
lint: setup ## Check style, types, imports, pins and the compose files
	@$(RUN) ruff format --check --quiet .
	@$(RUN) ruff check --quiet .
	@$(RUN) mypy --no-error-summary packages apps tests features .ci compose bench samples
	@$(RUN) lint-imports --no-cache >/dev/null || $(RUN) lint-imports --no-cache
	@python3 .ci/pins.py check
	@UV="$(UV)" compose/lint

.PHONY: check
check: lint test ## Everything that must be green before a commit lands

frontend/node_modules/.package-lock.json: frontend/package.json frontend/package-lock.json
	@$(NPM) --prefix frontend ci --no-audit --no-fund --ignore-scripts --loglevel=error

.PHONY: web
web: setup frontend/node_modules/.package-lock.json ## Check the web application: style, types, contract, its own tests
	@cd frontend && $(NPM) run --silent check

.PHONY: e2e
e2e: setup frontend/node_modules/.package-lock.json ## Drive the web application with a browser (needs Chromium)
	@$(RUN) pytest features tests/e2e -m browser $(ARGS)

.PHONY: roadmap
roadmap: setup frontend/node_modules/.package-lock.json ## Run the features, a line for each roadmap phase; WORLD="embedded real" in both worlds
	@$(RUN) python -m features.roadmap $(addprefix --world=,$(WORLD)) $(ARGS)

.PHONY: real-input
real-input: setup ## Import, publish, revise and retire 1,442 models on both stacks, and compare with a plain count
	@$(RUN) python -m tests.real_input $(ARGS)

.PHONY: soak
soak: setup ## Keep the promises of long runs at full size, and write bench/results/soak.md
	@$(RUN) python -m tests.resilience.soak $(ARGS)

.PHONY: bench
bench: setup ## Measure everything beside its floor, and keep the figures in bench/results
	@$(RUN) python -m bench $(ARGS)

.PHONY: pins
pins: setup ## Renew the exact pins of every dependency
	@UV="$(UV)" python3 .ci/pins.py write

.PHONY: clean
clean: ## Delete the environment and caches of this folder (not the platform's data: `catalog reset` does that)
	rm -rf .venv .cache .mypy_cache .pytest_cache .ruff_cache .import_linter_cache compose/node_modules frontend/node_modules frontend/.next
