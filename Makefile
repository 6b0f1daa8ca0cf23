# Everything a developer or an operator needs. `make help` lists it.
SHELL := /bin/bash
.DEFAULT_GOAL := help
-include .env
export
export RASA_TELEMETRY_ENABLED := false
export TF_CPP_MIN_LOG_LEVEL := 3
export SQLALCHEMY_SILENCE_UBER_WARNING := 1
# Compile once at the installation: where Python may not keep compiled files, each process would do it anew (10 s).
export UV_COMPILE_BYTECODE := 1

# uv installs Python 3.10 and the locked packages; without one on the PATH it is kept in .uv/, of one version, by its hash.
UV := $(shell command -v uv 2>/dev/null || echo .uv/bin/uv)
RUN := $(UV) run --quiet --frozen
# One more than the two cores that are promised: some wait. One may start a Rasa, of a gigabyte.
SIDE_BY_SIDE := --numprocesses 3

.PHONY: help install serve train model learn seed shell inspect coverage compare agents test test-all desks check format bench bench-load bench-take bench-stall bench-doors bench-waiting bench-nlu bench-learn advisories sbom clean

help:  ## Show this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

.uv/bin/uv: .ci/uv.txt
	python3 -m venv .uv 2>/dev/null || (echo "Python's venv is missing: apt-get install python3-venv" >&2; exit 1)
	@.uv/bin/pip install --quiet --disable-pip-version-check --require-hashes --requirement .ci/uv.txt
	@touch $@

install: $(filter .uv/bin/uv,$(UV))  ## Install what pyproject.toml and uv.lock name
	@$(UV) sync --quiet --frozen

serve: install  ## Run the bot: seed, train when needed, then serve (REST on 127.0.0.1:5005)
	@$(RUN) kilat serve

train: install  ## Train the model
	@$(RUN) kilat train

seed: install  ## Load data/knowledge into the database; a running bot answers from it at once
	@$(RUN) kilat seed

shell: install  ## Talk to the bot; ARGS="--as premier_plus:admin:enterprise --lang en --debug"
	@$(RUN) kilat train --if-needed
	@$(RUN) kilat shell $(ARGS)

coverage: install  ## What no scenario touches; ARGS="tests/dialogue/followups.yml --json coverage.json", "--raise"
	@$(RUN) kilat train --if-needed
	@$(RUN) kilat coverage $(ARGS)

compare: install  ## Two models side by side, turn by turn; ARGS="20261130 active tests/dialogue/followups.yml"
	@$(RUN) kilat compare $(ARGS)

inspect: install  ## See what the bot does in each turn, beside the widget (127.0.0.1:8090); ARGS="--as premier:admin:business"
	@$(RUN) kilat train --if-needed
	@$(RUN) kilat inspect $(ARGS)

learn: install  ## Propose what to learn from what was missed; ARGS="try", "take", "dismiss 3"
	@$(RUN) kilat learn $(ARGS)

model: install  ## Trained models; ARGS="list", "activate VERSION", "rollback"
	@$(RUN) kilat model $(ARGS)

agents: install  ## Accounts of the console; ARGS="add sari@example.com --name Sari", or list, change, remove
	@$(RUN) kilat agents $(ARGS)

# Compiled files are kept, those of the tests with their assertions too: else each process makes them anew.
test test-all: export PYTHONDONTWRITEBYTECODE :=

test: install  ## Train when needed, then run the tests; ARGS="tests/core -k phone"
	@$(RUN) kilat train --if-needed
	@$(RUN) pytest $(SIDE_BY_SIDE) -m "not long" $(ARGS)

test-all: install  ## Also the long tests: kills, real desks; ARGS="-m long" for these alone
	@$(RUN) kilat train --if-needed
	@$(RUN) pytest $(SIDE_BY_SIDE) $(ARGS)

desks: install  ## Install the real servers that some tests run against: Matrix's Synapse, Request Tracker
	@for desk in .ci/desks/*; do $$desk || echo "$$desk failed; its tests will skip." >&2; done

check: install  ## Lint, types, imports, content
	@$(RUN) ruff check .
	@$(RUN) mypy
	@$(RUN) lint-imports
	@$(RUN) kilat check

format: install  ## Put the code in order
	@$(RUN) ruff check --fix .

bench: install  ## Compare with a stock Rasa pipeline in one run; ARGS="--share 4" for a quick one
	@$(RUN) python -m benchmarks.against_stock $(ARGS)

bench-load: install  ## Measure the gateway: 2,000 sockets, 200 messages a second; ARGS="--seconds 10 --json load.json"
	@$(RUN) python -m benchmarks.load $(ARGS)

bench-learn: install  ## Measure what `make learn` proposes, on training data held out; ARGS="--rounds 2 --every 4"
	@$(RUN) python -m benchmarks.learning $(ARGS)

bench-waiting: install  ## Simulate a desk: how many waiting intervals come true; ARGS="--seeds 5 --days 3"
	@$(RUN) python -m benchmarks.waiting $(ARGS)

bench-take: install  ## Measure taking cases: 50 agents, 1,000 cases that wait; ARGS="--pause 2 --json take.json"
	@$(RUN) python -m benchmarks.case_taking $(ARGS)

bench-stall: install  ## Measure what a visitor waits beside 60 who send the dearest messages; ARGS="--json stall.json"
	@$(RUN) python -m benchmarks.flooding_visitors $(ARGS)

bench-doors: install  ## Measure `/healthz` beside hostile input through every public door; ARGS="--json doors.json"
	@$(RUN) python -m benchmarks.hostile_input $(ARGS)

bench-nlu: install  ## Kilat's intent pipeline beside its peers; DATA=path/to/splits ARGS="--only kilat --json nlu.json"
	@$(RUN) python -m benchmarks.nlu $(if $(DATA),"$(DATA)") $(ARGS)

advisories: install  ## List the advisories that hold for the locked libraries, and why each is harmless here
	@$(RUN) kilat advisories

sbom: install  ## Write a software bill of materials (CycloneDX) to dist/sbom.cdx.json
	@mkdir -p dist
	@$(UV) export --quiet --frozen --no-dev --format cyclonedx1.5 --preview-features sbom-export >dist/sbom.cdx.json
	@echo "Wrote dist/sbom.cdx.json."

clean:  ## Remove the model, the database and caches
	rm -rf models var .rasa .pytest_cache .mypy_cache .ruff_cache results
