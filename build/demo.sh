#!/usr/bin/env bash
# Shows Steward on the sample mailbox, in a home of its own: demo.sh BINARY
set -euo pipefail
steward=$(realpath "$1")
export STEWARD_HOME=$PWD/build/demo/home STEWARD_KEYRING=file STEWARD_PASSPHRASE_FILE=$PWD/build/demo/passphrase
if [ ! -f "$STEWARD_PASSPHRASE_FILE" ]; then
	mkdir -p build/demo
	(umask 077 && head -c 24 /dev/urandom | base64 >"$STEWARD_PASSPHRASE_FILE")
fi
"$steward" mail import --sample
"$steward" ask "Brief me on today's mail"
echo
echo "This was the sample mailbox, in $STEWARD_HOME. For your own mail see README.md."
