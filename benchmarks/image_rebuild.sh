#!/bin/sh
# How long the image takes to build again after a change of code alone.
# Usage: benchmarks/image_rebuild.sh [TIMES]    needs an image that `make image` has built
set -eu
cd "$(dirname "$0")/.."

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp -r Dockerfile .dockerignore docker locks conf spark_app "$work"
for turn in $(seq "${1:-3}"); do
    echo "# change $turn of $$" >>"$work/spark_app/__init__.py"
    begun=$(date +%s%N)
    docker/engine.sh build --quiet --tag lakehouse:rebuild-probe "$work" >/dev/null
    echo "rebuild $turn: $((($(date +%s%N) - begun) / 1000000)) ms"
done
docker rmi lakehouse:rebuild-probe >/dev/null
