# shellcheck shell=bash
# Shared by the scripts of this folder: sourced, never run. Leaves the caller in the repository's root.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
jobs=$(nproc)

# What is being done, and since how long; standard output stays free for results.
step() { printf '==> %d:%02d %s\n' $((SECONDS / 60)) $((SECONDS % 60)) "$*" >&2; }

die() {
    printf '%s: %s\n' "${0##*/}" "$*" >&2
    exit 1
}

# Tests start servers of their own; the services of their packages stay down. dpkg asks this file.
policy=/usr/sbin/policy-rc.d
hold_services() {
    [[ ! -e $policy ]] || return 0
    printf '#!/bin/sh\nexit 101\n' | "$@" tee $policy >/dev/null
    "$@" chmod +x $policy
    # shellcheck disable=SC2064 # the arguments of now
    trap "$* rm -f $policy" EXIT
}

# install PACKAGE...: asks dpkg first, so that a machine that has everything needs no network.
install() {
    local package missing=() as_root=()
    for package in "$@"; do
        [[ $(dpkg-query -Wf '${Status}' "$package" 2>/dev/null) == *' installed' ]] || missing+=("$package")
    done
    ((${#missing[@]})) || return 0
    ((EUID == 0)) || as_root=(sudo)
    step "installing ${missing[*]}"
    hold_services "${as_root[@]}"
    "${as_root[@]}" apt-get -qq update >&2
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
        apt-get -qq -y --no-install-recommends install "${missing[@]}" >&2
}

# build PRESET [TARGET...]: configures every time, because it is quick and a preset may have changed.
build() {
    local preset=$1
    shift
    step "building ${*:-everything} ($preset)"
    cmake --preset "$preset" >/dev/null
    cmake --build --preset "$preset" --parallel "$jobs" ${@:+--target "$@"} >&2
}
