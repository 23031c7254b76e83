#!/usr/bin/env bash
# Load images into the cluster: names of the local Docker engine, or files in its archive format (*.tar). One that is
# there, and the same, is left alone.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$here/env.sh"

archive() { if [[ $1 == *.tar ]]; then cat "$1"; else docker save "$1"; fi; }

mkdir -p "$state/loaded"
for image in "$@"; do
    mark=$state/loaded/${image//[^a-z0-9.-]/_}
    id=$(docker image inspect --format '{{.Id}}' "$image" 2>/dev/null || sha256sum "$image")
    [[ $id != "$(cat "$mark" 2>/dev/null)" ]] || continue
    case $kind:$image in
    kind:*.tar) kind load image-archive --name "$name" "$image" ;;
    kind:*) kind load docker-image --name "$name" "$image" ;;
    k3d:*) k3d image import --cluster "$name" "$image" ;;
    node:*) archive "$image" | "$here/node/ctr.sh" images import - ;;
    esac >&2
    echo "$id" >"$mark"
done
