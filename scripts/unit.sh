#!/usr/bin/env bash
# Every test with branch coverage. The demo and the end-to-end tests wait more than they work, so they run beside the
# others, and their words follow at the end. With arguments for pytest: one process, and its words at once.
set -uo pipefail
cd "$(dirname "$0")/.."

readonly PYTHON=.venv/bin/python
readonly OUTSIDE=(tests/e2e tests/demo)
readonly PYTEST=("$PYTHON" -m pytest --cov --cov-report= --cov-fail-under=0)

if [ $# -gt 0 ]; then
    exec "$PYTHON" -m pytest --cov --cov-report=term "$@"
fi

mkdir -p build
rm -f .coverage .coverage.*
COVERAGE_FILE=.coverage-outside "${PYTEST[@]}" "${OUTSIDE[@]}" >build/outside.log 2>&1 &
outside=$!
trap 'kill "$outside" 2>/dev/null' EXIT
COVERAGE_FILE=.coverage-inside "${PYTEST[@]}" "${OUTSIDE[@]/#/--ignore=}"
inside_failed=$?
wait "$outside"
outside_failed=$?
trap - EXIT
cat build/outside.log
"$PYTHON" -m coverage combine --quiet .coverage-outside .coverage-inside && "$PYTHON" -m coverage report
covered=$?
exit $((inside_failed || outside_failed || covered))
