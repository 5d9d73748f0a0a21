#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Fuzzes every target in turn. What it finds is kept in build-fuzz/found-<target>/; a crash belongs
# into tests/<room>/corpus_<name>/ together with its cure. usage: tools/fuzz.sh [SECONDS [TARGET]]
set -eu
top=$(cd "$(dirname "$0")/.." && pwd)
seconds=${1:-60}
build=$top/build-fuzz

"$top/tools/need.sh" build check
[ -f "$build/build.ninja" ] || CC=clang meson setup "$build" "$top" -Dfuzz=true \
    -Db_sanitize=address,undefined -Db_lundef=false --buildtype=debugoptimized
ninja -C "$build"
export UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1
bad=0
for corpus in "$top"/tests/*/corpus_*; do
    room=$(basename "$(dirname "$corpus")")
    name=fuzz_${room}_${corpus##*/corpus_}
    target=$build/$name
    # shellcheck disable=SC2254 # a pattern is wanted
    case "$name" in ${2:-*}) ;; *) continue ;; esac
    [ -x "$target" ] || { echo "no target for $corpus" >&2; bad=1; continue; }
    mkdir -p "$build/found-$name"
    echo "$name: $seconds s"
    "$target" -max_total_time="$seconds" -timeout=20 -rss_limit_mb=2048 -print_final_stats=1 \
        -artifact_prefix="$build/found-$name/" "$build/found-$name" "$corpus" \
        >"$build/$name.log" 2>&1 || { bad=1; tail -n 40 "$build/$name.log"; }
done
exit $bad
