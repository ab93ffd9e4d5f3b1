#!/usr/bin/env bash
# Installs Debian packages if a program of theirs is missing: packages.sh "PROGRAMS" "PACKAGES"
# A program that is written lib:NAME is a library with its headers, as pkg-config knows it; font:LANGUAGE is a font
# that can write it.
set -euo pipefail
missing=()
for program in $1; do
	case $program in
	lib:*) pkg-config --exists "${program#lib:}" 2>/dev/null || missing+=("${program#lib:}") ;;
	font:*) [ -n "$(fc-list ":lang=${program#font:}" 2>/dev/null)" ] || missing+=("a font for ${program#font:}") ;;
	*) PATH="$PATH:/usr/sbin:/sbin" command -v "$program" >/dev/null || missing+=("$program") ;;
	esac
done
[ ${#missing[@]} -eq 0 ] && exit 0
echo "missing on this system: ${missing[*]}"
if ! command -v apt-get >/dev/null; then
	echo "error: this needs ${missing[*]}" >&2
	echo "hint: install them with your system's package manager; Debian calls the packages $2" >&2
	exit 1
fi
echo "installing: $2"
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
