# make demo          install, load the fictional demo centre, print one returnee's matches, serve the pages
# make demo SERVE=0  the same without serving
# make test          install what the tests need and run every test
# make bench         measure speed beside plain references (BENCH=full: the long stages too)
# make verify        the long campaigns of tests/campaigns (make verify-audit: one of them); each prints its figures

PYTHON ?= python3
SERVE ?= 1
BIN := .venv/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt
# Debian packages that only tests need: a browser, and fonts for the scripts of the region.
DEBIAN_TEST_PACKAGES := chromium fonts-noto-core

CAMPAIGNS := $(patsubst tests/campaigns/test_%_campaign.py,%,$(wildcard tests/campaigns/test_*_campaign.py))

.PHONY: demo test bench lint clean verify $(addprefix verify-,$(CAMPAIGNS))

demo: .venv/installed
	$(BIN)/hunar demo $(if $(filter 0,$(SERVE)),--no-serve,--serve)

test: .venv/test-installed .venv/debian-checked lint
	$(BIN)/python -m pytest -n 2 --dist loadfile -q --nbmake tests notebooks

lint: .venv/test-installed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

bench: .venv/test-installed
	$(BIN)/python -m api.bench

verify: $(addprefix verify-,$(CAMPAIGNS))

$(addprefix verify-,$(CAMPAIGNS)): verify-%: .venv/test-installed
	CAMPAIGN=full $(BIN)/python -m pytest -q tests/campaigns/test_$*_campaign.py

# python3 -m venv needs the Debian package python3-venv, which a bare system lacks.
.venv/bin/python:
	@$(PYTHON) -c 'import sys; v = sys.version_info[:2]; (3, 11) <= v <= (3, 14) or sys.exit(f"Hunar needs Python 3.11 to 3.14; this is {v[0]}.{v[1]}. Set PYTHON=python3.12, say.")'
	@$(PYTHON) -m venv .venv || { rm -rf .venv; \
	  echo "python3-venv is missing; installing it"; \
	  { apt-get update -q && apt-get install -y -q python3-venv; } && $(PYTHON) -m venv .venv; } || { rm -rf .venv; \
	  echo "Install the Debian package python3-venv and run make again."; exit 1; }

.venv/installed: pyproject.toml constraints.txt | .venv/bin/python
	$(PIP) -e .
	@touch $@

.venv/test-installed: .venv/installed
	$(PIP) -e '.[test]'
	@touch $@

.venv/debian-checked: Makefile | .venv/bin/python
	@missing=$$(for p in $(DEBIAN_TEST_PACKAGES); do dpkg -s $$p >/dev/null 2>&1 || echo $$p; done); \
	if [ -z "$$missing" ]; then :; \
	elif [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	  { apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends $$missing; } >.venv/apt.log 2>&1 \
	  || echo "Could not install $$missing; the browser tests will be skipped."; \
	else echo "Not installed (needs root): $$missing; the browser tests will be skipped."; fi
	@touch $@

clean:
	rm -rf .venv var build ./*.egg-info
