#!/usr/bin/env bash
# Run every proof at full size and keep the result: build/proof/<date>-<commit>.txt
set -euo pipefail
cd "$(dirname "$0")/.."

commit=$(git rev-parse --short=12 HEAD 2>/dev/null || echo unknown)
[ -z "$(git status --porcelain 2>/dev/null)" ] || commit+=-changed
started=$(date -u +%Y-%m-%dT%H%MZ)
result="build/proof/$started-$commit.txt"
mkdir -p build/proof

package_version() { dpkg-query -W -f '${Version}' "$1" 2>/dev/null || echo "not installed"; }

{
    echo "date      $started"
    echo "commit    $commit"
    echo "machine   $(uname -sr), $(nproc) cores"
    .venv/bin/python - <<'PYTHON'
import platform, sqlite3, ssl
print(f"python    {platform.python_version()}")
print(f"openssl   {ssl.OPENSSL_VERSION}")
print(f"sqlite    {sqlite3.sqlite_version}")
PYTHON
    for package in pebble chromium nginx knot; do printf '%-9s %s\n' "$package" "$(package_version "$package")"; done
    echo
} | tee "$result"

status=0
# A server that is missing must not pass as a proof: CI=true makes it a failure.
CI=true BRASSPLATE_PROOF=full .venv/bin/python -m pytest -m proof -v -rA --durations=0 --timeout=7200 "$@" 2>&1 | tee -a "$result" || status=$?
echo "written to $result"
exit "$status"
