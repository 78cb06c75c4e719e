#!/usr/bin/env bash
# Make requirements.lock (runtime) and requirements-dev.lock (runtime and development) from pyproject.toml, and
# bench/peers.lock (servers to compare with) and tests/programs.lock (programs that tests run) from their .in files.
# Only PyPI is asked: an index that this machine's pip is configured with must not decide what others install.
set -euo pipefail
cd "$(dirname "$0")/.."

readonly TOOLS=build/lock
readonly FLAGS=(--quiet --generate-hashes --no-emit-index-url --no-emit-find-links --strip-extras --allow-unsafe "$@")

export PIP_CONFIG_FILE=/dev/null CUSTOM_COMPILE_COMMAND="make lock"
unset PIP_INDEX_URL PIP_EXTRA_INDEX_URL PIP_FIND_LINKS
[ -x "$TOOLS/bin/pip-compile" ] || /usr/bin/python3 -m venv "$TOOLS"
"$TOOLS/bin/python" -m pip install --quiet --disable-pip-version-check pip-tools==7.6.2
"$TOOLS/bin/pip-compile" "${FLAGS[@]}" --all-build-deps --output-file=requirements.lock pyproject.toml
"$TOOLS/bin/pip-compile" "${FLAGS[@]}" --all-build-deps --extra=dev --constraint=requirements.lock \
    --output-file=requirements-dev.lock pyproject.toml
"$TOOLS/bin/pip-compile" "${FLAGS[@]}" --output-file=bench/peers.lock bench/peers.in
"$TOOLS/bin/pip-compile" "${FLAGS[@]}" --output-file=tests/programs.lock tests/programs.in
