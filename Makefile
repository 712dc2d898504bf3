# Two commands do everything, set-up included: `make book` and `make test`.
VENV ?= .venv
PYTHON ?= python3
BIN := $(VENV)/bin
# Tools of the audits that are no Python live beside the environment.
AUDIT := $(abspath $(VENV))/audit
# A copy of the repository uses its own package, not the one installed from elsewhere.
export PYTHONPATH := $(CURDIR)
# Set-up needs no cache folder that can be written to and no newer pip than the pinned one.
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.DEFAULT_GOAL := book
.PHONY: book pdf check test chromium audit audit-workflows audit-html audit-lighthouse links bench serve lint pins clean

book: $(VENV)/.installed ## Check the data and build the book into _build/html
	$(BIN)/python -m livingreview build

pdf: $(VENV)/.installed chromium ## Build the book and print it as one PDF beside its pages
	$(BIN)/python -m livingreview pdf

check: $(VENV)/.installed ## Name every fault in the data
	$(BIN)/python -m livingreview check $(if $(FORMAT),--format $(FORMAT))

test: $(VENV)/.installed lint chromium ## Run every test, the build of the book among them
	$(BIN)/python -m pytest --numprocesses auto --dist loadfile

chromium: ## Install the browser that prints the book and that tests open pages in, where there is none
	.ci/chromium

audit: audit-workflows audit-html audit-lighthouse ## Audit the workflows and the built book with tools that are no Python

audit-workflows: $(AUDIT)/.installed
	NODE_PATH=$(AUDIT)/node_modules node audit/workflows.cjs .github/workflows/*.yml

audit-html: $(AUDIT)/.installed book
	NODE_PATH=$(AUDIT)/node_modules node audit/html.cjs $(CURDIR)/_build/html

audit-lighthouse: $(AUDIT)/.installed book chromium ## Score pages with Lighthouse
	CHROME_PATH=$$(command -v $${CHROMIUM:-chromium} || command -v chromium-browser || command -v google-chrome) \
		NODE_PATH=$(AUDIT)/node_modules node audit/lighthouse.cjs $(CURDIR)/_build/html

links: $(VENV)/.installed ## Try every address that the book leads to; needs the network
	$(BIN)/python -m livingreview links

bench: $(VENV)/.installed ## Measure what building costs, and write bench/results.md
	$(BIN)/python -m bench

serve: $(VENV)/.installed ## Show the book at http://127.0.0.1:8000 and rebuild it on a change
	$(BIN)/python -m livingreview serve

lint: $(VENV)/.installed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

pins: requirements.in ## Pin what requirements.in asks for
	$(BIN)/python -m uv pip compile --quiet --generate-hashes --universal --python-version 3.11 \
		--custom-compile-command "make pins" --output-file requirements.txt requirements.in

clean: ## Remove what the build made; the environment stays
	rm -rf _build

$(VENV)/.installed: requirements.txt pyproject.toml
	@echo "Setting up the environment in $(VENV): this takes a minute or two the first time."
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed, not " + sys.version.split()[0] if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --require-hashes --requirement requirements.txt
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

$(AUDIT)/.installed: audit/package.json audit/package-lock.json
	.ci/audit-tools
	mkdir -p $(AUDIT)
	cp audit/package.json audit/package-lock.json $(AUDIT)
	cd $(AUDIT) && npm ci --ignore-scripts --no-audit --no-fund --silent
	@touch $@
