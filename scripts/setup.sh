#!/usr/bin/env bash
# Prepare this folder for the purposes named: a virtual environment in .venv and the Debian packages they need.
#   scripts/setup.sh [--packages] PURPOSE...      demo | browser | pebble | test | bench
# Quick when nothing is to do. Debian packages are installed when root; otherwise one sudo line is printed, which
# calls this script with --packages: the packages alone, no virtual environment.
set -euo pipefail
cd "$(dirname "$0")/.."

readonly VENV=.venv
readonly PEERS=build/peers
readonly PROGRAMS=build/programs
readonly STAMP="$VENV/.brassplate-setup"
readonly POLICY=/usr/sbin/policy-rc.d
readonly POLICY_MARK="# made by brassplate's scripts/setup.sh"

say() { printf 'setup: %s\n' "$*"; }
fail() { printf 'setup: %s\n' "$*" >&2; exit 1; }

packages_for() {
    case $1 in
        demo) ;;
        browser) echo chromium libnss3-tools fonts-dejavu-core ;;
        pebble) echo pebble openssl ;;
        test) echo "$(packages_for browser) $(packages_for pebble) nginx knot knot-dnsutils unbound curl wrk varnish testssl.sh" ;;
        bench) echo nginx haproxy openssl curl wrk ;;
        *) fail "unknown purpose '$1': demo, browser, pebble, test or bench" ;;
    esac
}

lock_for() {
    for purpose in "$@"; do
        case $purpose in test | bench) echo requirements-dev.lock && return ;; esac
    done
    echo requirements.lock
}

is_new_enough() { "$1" -c "import sys${2:-}; sys.exit(sys.version_info < (3, 11))" 2>/dev/null; }

# Debian's own interpreter first: what works with it works on a fresh machine.
find_python() {
    for candidate in /usr/bin/python3 "$(command -v python3 || true)"; do
        if [ -x "$candidate" ] && is_new_enough "$candidate"; then echo "$candidate" && return; fi
    done
    fail "Python 3.11 or newer is needed as python3"
}

is_installed() { [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]; }

venv_works() { is_new_enough "$VENV/bin/python" ", pip"; }

missing_packages() {
    local package
    for package in $(printf '%s\n' "$@" | sort -u); do is_installed "$package" || echo "$package"; done
    # Debian splits ensurepip off into python3-venv; other interpreters bring it along.
    venv_works || "$PYTHON" -c 'import ensurepip' 2>/dev/null || echo python3-venv
}

remove_policy() { if grep -qsF "$POLICY_MARK" "$POLICY"; then rm -f "$POLICY"; fi; }

# While apt runs, services that a package brings (nginx, knot: ports 80 and 53) must not start.
forbid_service_starts() {
    trap remove_policy EXIT
    trap 'exit 130' INT
    trap 'exit 143' TERM HUP
    [ -e "$POLICY" ] && return
    printf '#!/bin/sh\n%s\nexit 101\n' "$POLICY_MARK" >"$POLICY"
    chmod 755 "$POLICY"
}

run_apt() {
    local apt=(env DEBIAN_FRONTEND=noninteractive apt-get --yes -o DPkg::Lock::Timeout=120)
    "${apt[@]}" update && "${apt[@]}" install --no-install-recommends "$@"
}

install_packages() {
    if [ "$(id -u)" -ne 0 ]; then
        say "Debian packages are missing: $*" >&2
        echo "sudo $PWD/scripts/setup.sh --packages $PURPOSES" >&2
        exit 1
    fi
    say "installing Debian packages: $*"
    forbid_service_starts
    local log
    log=$(mktemp)
    run_apt "$@" >"$log" 2>&1 || { cat "$log" >&2 && fail "apt could not install: $*"; }
    rm -f "$log"
    remove_policy
}

# One line for each lock that is in the environment: the lock's name and what the result depends on.
stamp_for() { echo "$1 $(cat "$1" pyproject.toml scripts/setup.sh <(pwd -P) | sha256sum | cut -d' ' -f1)"; }

is_stamped() {
    venv_works || return 1
    grep -qsxF "$(stamp_for "$1")" "$STAMP" && return
    # The development lock holds the runtime lock.
    [ "$1" = requirements.lock ] && grep -qsxF "$(stamp_for requirements-dev.lock)" "$STAMP"
}

fill_venv() {
    local lock=$1 pip=("$VENV/bin/python" -m pip --disable-pip-version-check --quiet)
    venv_works || { say "making $VENV with $PYTHON" && "$PYTHON" -m venv --clear "$VENV"; }
    say "installing $lock"
    rm -f "$STAMP"
    "${pip[@]}" install --require-hashes --no-deps -r "$lock"
    "${pip[@]}" install --no-deps --no-build-isolation -e .
    stamp_for "$lock" >"$STAMP"
}

# Other people's programs, in an environment of their own: nothing of ours may come to need them.
fill_apart() {
    local folder=$1 lock=$2 stamp
    stamp=$(sha256sum "$lock" | cut -d' ' -f1)
    [ "$(cat "$folder/.stamp" 2>/dev/null)" = "$stamp" ] && return
    say "installing $lock"
    "$PYTHON" -m venv --clear "$folder"
    "$folder/bin/python" -m pip --disable-pip-version-check --quiet install --require-hashes --no-deps -r "$lock"
    echo "$stamp" >"$folder/.stamp"
}

only_packages=
[ "${1:-}" != --packages ] || { only_packages=yes && shift; }
[ $# -gt 0 ] || fail "name a purpose: demo, browser, pebble, test or bench"
readonly PURPOSES="$*"
PYTHON=$(find_python)
wanted=
for purpose in "$@"; do wanted+=" $(packages_for "$purpose")"; done
missing=$(missing_packages $wanted)
[ -z "$missing" ] || install_packages $missing
[ -z "$only_packages" ] || exit 0
lock=$(lock_for "$@")
is_stamped "$lock" || fill_venv "$lock"
[[ " $PURPOSES " != *" bench "* ]] || fill_apart "$PEERS" bench/peers.lock
[[ " $PURPOSES " != *" test "* ]] || fill_apart "$PROGRAMS" tests/programs.lock
