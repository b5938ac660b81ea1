# Shared by the scripts of this folder; sourced, not run.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
root=$PWD
export CARGO_TARGET_DIR="${CARGO_TARGET_DIR:-$root/target}"
tools="$CARGO_TARGET_DIR/tools"
stamps="$CARGO_TARGET_DIR/stamps"
mkdir -p "$stamps"
venv="$CARGO_TARGET_DIR/python"
export PATH="$tools/bin:$venv/bin:$root/style/node_modules/.bin:$PATH"

say() { printf '\033[1m==> %s\033[0m\n' "$*" >&2; }
stop() { printf 'appstream-console: %s\n' "$*" >&2; exit 2; }

# need COMMAND SENTENCE: stops with the sentence when the command is missing.
need() { command -v "$1" >/dev/null || stop "$2"; }

# hash FILES...: one hash of the files' names and contents.
hash() { find "$@" -type f -not -path '*/node_modules/*' -print0 | sort -z | xargs -0 sha256sum | sha256sum | cut -d' ' -f1; }

# fresh NAME HASH: whether step NAME was done with this hash. done_with records it.
fresh() { [ -f "$stamps/$1" ] && [ "$(cat "$stamps/$1")" = "$2" ]; }
done_with() { echo "$2" > "$stamps/$1"; }

# The version of a crate in Cargo.lock.
locked() { awk -v want="\"$1\"" '$1=="name" && $3==want {getline; gsub(/"/,"",$3); print $3; exit}' Cargo.lock; }
