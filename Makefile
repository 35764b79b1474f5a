# Everything starts here: `make run` on a fresh machine needs python3 (3.11 or newer) and make.
# HUIFANG_* settings come from the environment or the command line: make run HUIFANG_PORT=9000

PYTHON ?= python3
BIN := .venv/bin
SOURCES := $(wildcard app.py core blueprints tools bench tests migrations)
TYPED := $(wildcard app.py core blueprints tools bench)
PYTEST := $(BIN)/pytest -n logical --dist worksteal
ARGS ?=
SIZES ?= 10000
DATABASES ?= sqlite
ONLY ?=
ROWS ?= 20000
FILLED ?=
FEBRL ?=
MINUTES ?= 30
PEOPLE ?= 200
KILLS ?= 10
LOCK := $(BIN)/uv pip compile --quiet --system-certs --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	--custom-compile-command "make lock" $(if $(UPGRADE),--upgrade)

.NOTPARALLEL:
.PHONY: run setup packages assets dev test test-extra lint format bench bench-import bench-duplicates soak kill-import messages pictures lock

run: setup
	@echo "Bringing the database up to date"
	@$(BIN)/flask db upgrade
	@$(BIN)/flask demo --if-empty
	@$(BIN)/flask serve

setup: assets
	@$(BIN)/python -m tools.catalogue compile

assets: packages
	@$(BIN)/python -m tools.assets

packages:
	@command -v $(PYTHON) >/dev/null || { echo "Huifang needs Python 3.11 or newer: $(PYTHON) was not found." >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "Huifang needs Python 3.11 or newer; $(PYTHON) is %d.%d. Name a newer one: make PYTHON=python3.12 $(MAKECMDGOALS)" % sys.version_info[:2])'
	@$(PYTHON) -m tools.setup

dev: setup
	@$(PYTHON) -m tools.setup dev

# One file or test: make test ARGS=tests/core/test_assets.py
test: dev
	@echo "Running the tests"
	@$(PYTEST) $(ARGS)

# What `make test` leaves out: tests marked `extra`. pytest says 5 when it found none.
test-extra: dev
	@echo "Running the long tests"
	@$(PYTEST) -m extra $(ARGS); status=$$?; \
	if [ $$status -eq 5 ] && ! grep -rqs "mark\.extra" tests --include=*.py; then \
		echo "No test is marked extra."; \
	else exit $$status; fi

lint: dev
	@echo "Checking format and style"
	@$(BIN)/ruff format --check --quiet --diff $(SOURCES)
	@$(BIN)/ruff check --quiet $(SOURCES)
	@echo "Checking types"
	@$(BIN)/mypy $(TYPED)
	@echo "Checking templates"
	@$(BIN)/djlint --lint --quiet templates
	@echo "Checking translations"
	@$(BIN)/python -m tools.catalogue check

format: dev
	@$(BIN)/ruff check --quiet --fix-only $(SOURCES)
	@$(BIN)/ruff format --quiet $(SOURCES)

# make bench SIZES=10000,1000000 DATABASES=sqlite,postgresql ONLY=search
# make bench FILLED=/srv/million: a data folder that `flask bench fill` filled, as it is
bench: dev
	@$(BIN)/python -m bench --sizes=$(SIZES) --databases=$(DATABASES) --only=$(ONLY) --filled=$(FILLED)

# An import of so many rows beside its floor, and its undo: make bench-import ROWS=100000 DATABASES=postgresql
bench-import: dev
	@$(BIN)/python -m bench.imports --rows=$(ROWS) --size=$(SIZES) --databases=$(DATABASES)

# How well duplicates are found, and how long the sweep takes: make bench-duplicates SIZES=10000,100000
bench-duplicates: dev
	@$(BIN)/python -m bench.duplicates --sizes=$(SIZES) --databases=$(DATABASES) --filled=$(FILLED) --febrl=$(FEBRL)

# Half an hour of 200 people: make soak MINUTES=5 PEOPLE=50 DATABASES=postgresql
soak: dev
	@$(BIN)/python -m bench.soak --minutes=$(MINUTES) --people=$(PEOPLE) --size=$(SIZES) --database=$(DATABASES)

# An import whose worker is killed again and again while people write, with the figures of docs/faults.md: half an hour.
# make kill-import ROWS=100000 KILLS=10 DATABASES=postgresql
kill-import: ROWS = 100000
kill-import: dev
	@IMPORT_ROWS=$(ROWS) IMPORT_KILLS=$(KILLS) $(BIN)/pytest -n 0 -s -m extra tests/faults/test_imports.py -k $(DATABASES)

# Collect the texts of code and templates into translations/; then translate what is empty there.
messages: dev
	@$(BIN)/python -m tools.catalogue update

# Take the pictures of docs/pictures anew, from a demonstration of their own; needs Chromium.
pictures: dev
	@$(BIN)/python -m tools.screenshots

# Write the lock files anew from the *.in files and package.json; UPGRADE=1 takes the newest versions.
lock:
	@echo "Locking package-lock.json"; $(PYTHON) -m tools.setup dev lock
	@for name in requirements requirements-dev requirements-node; do \
		echo "Locking $$name.txt"; $(LOCK) $$name.in -o $$name.txt || exit 1; \
	done
