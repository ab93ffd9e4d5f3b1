#!/usr/bin/env bash
# Installs Debian packages if a program of theirs is missing: packages.sh "PROGRAMS" "PACKAGES"
set -euo pipefail
missing=()
for program in $1; do
	PATH="$PATH:/usr/sbin:/sbin" command -v "$program" >/dev/null || missing+=("$program")
done
[ ${#missing[@]} -eq 0 ] && exit 0
echo "real programs are needed; missing: ${missing[*]}"
if ! command -v apt-get >/dev/null; then
	echo "error: install these with your system's package manager: $2" >&2
	exit 1
fi
become=()
[ "$(id -u)" -eq 0 ] || become=(sudo)
log=$(mktemp)
trap 'rm -f "$log"' EXIT
export DEBIAN_FRONTEND=noninteractive
# shellcheck disable=SC2086
if ! { "${become[@]}" apt-get update -qq && "${become[@]}" apt-get install -y -qq --no-install-recommends $2; } >"$log" 2>&1; then
	tail -n 20 "$log" >&2
	echo "error: apt-get could not install: $2" >&2
	exit 1
fi
