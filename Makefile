# Two commands on a fresh machine: `make run` shows the shop, `make test` runs everything.

VENV := .venv
BIN := $(VENV)/bin
PORT ?= 8000
HOST ?= 127.0.0.1
WORKERS ?= $(shell nproc 2>/dev/null || echo 2)

# the first Python >= 3.11 that really has what a venv needs (shims of other versions exist but fail)
PYTHONS := python3.11 python3.12 python3.13 python3.14 python3 $(wildcard $(HOME)/.pyenv/versions/*/bin/python3) \
	$(wildcard $(dir $(shell command -v python3))../versions/*/bin/python3) $(wildcard /usr/local/bin/python3*) /usr/bin/python3
GOOD := import sys, ensurepip; sys.exit(sys.version_info < (3, 11))

# what the machine itself must have: command or library -> Debian package
RUN_NEEDS := libpango-1.0.so.0:libpango-1.0-0 libpangoft2-1.0.so.0:libpangoft2-1.0-0 libharfbuzz-subset.so.0:libharfbuzz-subset0
TEST_NEEDS := chromium:chromium

.PHONY: run test lint format db bench soak faults mutants screenshots messages clean
.DEFAULT_GOAL := run

run: $(VENV)/installed .system-run messages
	@exec $(BIN)/python manage.py serve --host $(HOST) --port $(PORT)

# files as they stand, not those of most tests first: the longest test is in a file of its own, and came last
test: $(VENV)/installed .system-run .system-test messages
	$(BIN)/pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder $(ARGS)

lint: $(VENV)/installed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	DEBUG=1 $(BIN)/mypy
	$(BIN)/djlint --quiet --lint templates
	@! LC_ALL=C.UTF-8 grep -rnE '.{121}' templates || { echo "Lines of templates are at most 120 characters long."; exit 1; }

format: $(VENV)/installed
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

db: $(VENV)/installed
	@exec $(BIN)/python manage.py db

# ARGS=--growth: the pages of a shop that grew, beside those of the demo shop
bench: $(VENV)/installed .system-run messages
	$(BIN)/python -m tests.bench $(ARGS)

# large counts in full; the suite runs a tenth of them
soak: $(VENV)/installed .system-run .system-test messages
	SOAK=1 $(BIN)/pytest -n $(WORKERS) --dist worksteal -rP tests/soak tests/test_fuzz.py tests/test_fuzz_process.py $(ARGS)

# what breaks in a year, in minutes, beside each scenario without its guard; ARGS="--orders 1000" for a tenth
faults: $(VENV)/installed .system-run messages
	$(BIN)/python -m tests.faults $(ARGS)

# faults put into a copy of the code, one at a time: does a test notice? ARGS="--seed 7 --count 60" for some of them
mutants: $(VENV)/installed .system-run .system-test messages
	$(BIN)/python -m tests.mutants $(ARGS)

# the pictures of the README, of the demo shop
screenshots: $(VENV)/installed .system-run .system-test messages
	$(BIN)/python -m tests.screenshots

# Dutch stands in the source; what is compiled is not kept in the repository
messages: $(VENV)/installed
	@for po in backoffice/locale/*/LC_MESSAGES/*.po; do \
		if [ -e "$$po" ] && { [ ! -e "$${po%.po}.mo" ] || [ "$$po" -nt "$${po%.po}.mo" ]; }; then \
			$(BIN)/pybabel -q compile -i "$$po" -o "$${po%.po}.mo" || exit 1; fi; done

$(VENV)/installed: requirements.lock
	@for python in $(PYTHONS); do \
		if "$$python" -c '$(GOOD)' >/dev/null 2>&1; then found="$$python"; break; fi; done; \
	if [ -z "$$found" ]; then echo "Python 3.11 or newer with ensurepip (on Debian: python3-venv) is needed."; exit 1; fi; \
	echo "Installing with $$("$$found" -c 'import sys; print(sys.executable, sys.version.split()[0])')"; \
	[ -x $(BIN)/python ] && $(BIN)/python -c '$(GOOD)' >/dev/null 2>&1 || "$$found" -m venv --clear $(VENV)
	@$(BIN)/python -m pip install --disable-pip-version-check --no-input -q --require-hashes -r requirements.lock
	@touch $@

.system-run: ; @$(call needs,$(RUN_NEEDS))
.system-test: ; @$(call needs,$(TEST_NEEDS))

# install with apt where we are root, else name what is missing
define needs
missing=""; for pair in $(1); do \
	name="$${pair%%:*}"; package="$${pair##*:}"; \
	command -v "$$name" >/dev/null 2>&1 || ldconfig -p 2>/dev/null | grep -q "$$name" \
		|| /sbin/ldconfig -p 2>/dev/null | grep -q "$$name" || missing="$$missing $$package"; done; \
if [ -n "$$missing" ]; then \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then \
		echo "Installing$$missing"; \
		apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends $$missing >/dev/null; \
	else echo "Please install:$$missing"; exit 1; fi; fi
endef

clean:
	rm -rf $(VENV) .data .mypy_cache .pytest_cache .ruff_cache .hypothesis
