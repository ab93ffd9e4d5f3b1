#!/usr/bin/env bash
# Measures whole processes: bench.sh BINARY [MESSAGES]. Prints medians, the keychain's mode and the passphrase's apart.
# Tools: hyperfine, GNU time, jq, and a keychain of its own on a bus of its own.
set -euo pipefail
if [ -z "${STEWARD_BENCH_BUS:-}" ]; then
	# XDG_RUNTIME_DIR and HOME of its own, so that no keychain of the user's is touched.
	export STEWARD_BENCH_BUS=1
	place=$(mktemp -d)
	trap 'rm -rf "$place"' EXIT
	mkdir -m 0700 "$place/home" "$place/run"
	HOME=$place/home XDG_RUNTIME_DIR=$place/run PLACE=$place \
		dbus-run-session -- bash -c 'printf bench | gnome-keyring-daemon --unlock --components=secrets >/dev/null 2>&1; exec "$@" 2>&3' - "$0" "$@" 3>&2 2>/dev/null
	exit
fi
steward=$(realpath "$1")
most=${2:-50000}
here=$(cd "$(dirname "$0")" && pwd)
(umask 077 && echo "a passphrase for measuring" >"$PLACE/passphrase")
export STEWARD_PASSPHRASE_FILE=$PLACE/passphrase TZ=Asia/Taipei

row() { printf '%-58s %s\n' "$1" "$2"; }
median() { sort -n | awk '{ v[NR] = $1 } END { print NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2 }'; }
# wall MODE HOME COMMAND…: the median wall time of a whole process, in milliseconds.
wall() {
	local mode=$1 home=$2
	shift 2
	STEWARD_KEYRING=$mode STEWARD_HOME=$home hyperfine -N --warmup 2 --runs 11 --style none --export-json "$PLACE/out.json" -- "$steward $*" >/dev/null 2>&1
	jq -r '.results[0].median * 1000 | "\(. * 10 | round / 10) ms"' "$PLACE/out.json"
}
# took HOME COMMAND…: seconds, and the largest resident set in MB, of one run.
took() {
	local home=$1
	shift
	STEWARD_KEYRING=os STEWARD_HOME=$home /usr/bin/time -f '%e %M' -o "$PLACE/time" "$steward" "$@" >/dev/null 2>&1
	tail -n 1 "$PLACE/time"
}

row "binary" "$(awk -v b="$(stat -c %s "$steward")" 'BEGIN { printf "%.1f MB", b / 1e6 }')"
for mode in os file; do
	name=$([ "$mode" = os ] && echo keychain || echo passphrase)
	home=$PLACE/sample-$mode
	STEWARD_KEYRING=$mode STEWARD_HOME=$home "$steward" mail import --sample >/dev/null 2>&1
	row "a process that opens the home and leaves, $name" "$(wall $mode "$home" runs list)"
	row "ask \"Brief me on today's mail\", cold, $name" "$(wall $mode "$home" "ask 'Brief me on today'\"'\"'s mail'")"
	row "ask 整理今天的郵件, cold, $name" "$(wall $mode "$home" ask 整理今天的郵件)"
done
sizes=(1000)
[ "$most" -gt 10000 ] && sizes+=(10000)
[ "$most" -gt 1000 ] && sizes+=("$most")
for n in "${sizes[@]}"; do
	awk -v N="$n" -f "$here/mbox.awk" >"$PLACE/mail.mbox"
	home=$PLACE/import-$n
	read -r seconds kilobytes < <(took "$home" mail import --me sam@lin.example "$PLACE/mail.mbox")
	row "import of $n messages" "$(awk -v n="$n" -v s="$seconds" -v k="$kilobytes" 'BEGIN { printf "%.0f/s, %.1f s, %.0f MB at most", n / s, s, k / 1024 }')"
	for way in date relevance; do
		rank=$([ $way = relevance ] && echo --rank || true)
		ms=$(for _ in $(seq 15); do
			# shellcheck disable=SC2086
			STEWARD_KEYRING=os STEWARD_HOME=$home "$steward" mail search museum $rank --json 2>/dev/null | tail -n 1 | jq .millis
		done | median)
		row "one common word in $n, 50 hits by $way" "$ms ms"
		ms=$(for _ in $(seq 15); do
			# shellcheck disable=SC2086
			STEWARD_KEYRING=os STEWARD_HOME=$home "$steward" mail search zanzibar $rank --json 2>/dev/null | tail -n 1 | jq .millis
		done | median)
		row "one rare word in $n, by $way" "$ms ms"
	done
done
row "the database after $most" "$(du -sm "$PLACE/import-$most" | cut -f1) MB for $(du -sm "$PLACE/mail.mbox" | cut -f1) MB of mail"
