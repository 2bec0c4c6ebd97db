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

# install PACKAGE...: asks dpkg first, so that a machine that has everything needs no network.
install() {
    local package missing=() as_root=()
    for package in "$@"; do
        [[ $(dpkg-query -Wf '${Status}' "$package" 2>/dev/null) == *' installed' ]] || missing+=("$package")
    done
    ((${#missing[@]})) || return 0
    ((EUID == 0)) || as_root=(sudo)
    step "installing ${missing[*]}"
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
