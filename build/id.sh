#!/usr/bin/env bash
# Names what a program is built from: id.sh. Two programs of one build are of one id.
set -euo pipefail
cd "$(dirname "$0")/.."
{
	find agents app store frontend/dist -type f ! -name '*_test.go' ! -path '*/testdata/*' -print0
	printf '%s\0' go.mod go.sum main.go build/icon.png frontend/embed.go
} | sort -z | xargs -0 sha256sum | sha256sum | cut -c1-16
