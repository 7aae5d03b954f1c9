# Two commands for users: `make lab` and `make test`. Each does all of its own set-up.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
APT := DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends -qq
LAB_PACKAGES := iproute2
TEST_PACKAGES := iproute2 ipvsadm keepalived user-mode-linux kmod nginx-light curl tcpdump tmux procps ncurses-base

.PHONY: lab test check bench clean

lab: $(VENV)/.ready
	@command -v ip >/dev/null || { apt-get update -qq && $(APT) $(LAB_PACKAGES); }
	@exec $(BIN)/lvstui lab $(ARGS)

test: check
	$(BIN)/pytest $(ARGS)

check: $(VENV)/.ready-test .system-test
	$(BIN)/ruff format --check lvstui tests
	$(BIN)/ruff check lvstui tests
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(VENV)/.ready-test
	$(BIN)/python -m tests.bench

$(VENV)/bin/pip:
	$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); apt-get update -qq && $(APT) python3-venv && $(PYTHON) -m venv $(VENV); }

$(VENV)/.ready: pyproject.toml | $(VENV)/bin/pip
	$(BIN)/pip install -q --disable-pip-version-check -e .
	@touch $@

$(VENV)/.ready-test: pyproject.toml | $(VENV)/bin/pip
	$(BIN)/pip install -q --disable-pip-version-check -e '.[test]'
	@touch $@ $(VENV)/.ready

# Debian packages of the tests: installed when root on Debian, otherwise each missing one shows as a skip by name.
.PHONY: .system-test
.system-test:
	@if [ "$$(id -u)" = 0 ] && command -v dpkg >/dev/null; then \
	  dpkg -s $(TEST_PACKAGES) >/dev/null 2>&1 || { apt-get update -qq && $(APT) $(TEST_PACKAGES); }; fi

clean:
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
