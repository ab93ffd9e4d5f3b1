#!/usr/bin/env bash
# Runs every fuzz target for a while: fuzz.sh DURATION
set -euo pipefail
grep -rlE '^func Fuzz[A-Z]' --include='*_test.go' agents app store | while read -r file; do
	package=./$(dirname "$file")
	grep -oE '^func Fuzz[A-Za-z]+' "$file" | cut -d' ' -f2 | while read -r target; do
		echo "$package $target"
		go test "$package" -run '^$' -fuzz "^$target\$" -fuzztime "$1" -fuzzminimizetime 200x
	done
done
