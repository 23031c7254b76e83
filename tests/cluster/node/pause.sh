#!/usr/bin/env bash
# Write the image that holds a pod's namespaces, as a Docker archive: a static busybox that sleeps.
#   pause.sh FILE.tar     tests use it as well, for the smallest of pods
set -euo pipefail
target=$(realpath "$1")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

mkdir -p root/bin root/tmp
chmod 1777 root/tmp
cp "$(command -v busybox)" root/bin/busybox
for applet in sh sleep wget nslookup; do ln -s busybox "root/bin/$applet"; done
tar --create --file layer.tar --directory root --owner 65535 --group 65535 .
digest=$(sha256sum layer.tar | cut -d' ' -f1)
cat >config.json <<JSON
{"architecture": "$(case $(uname -m) in aarch64) echo arm64 ;; *) echo amd64 ;; esac)", "os": "linux",
 "config": {"Entrypoint": ["/bin/sleep", "infinity"], "User": "65535:65535", "Env": ["PATH=/bin"]},
 "rootfs": {"type": "layers", "diff_ids": ["sha256:$digest"]}}
JSON
echo '[{"Config": "config.json", "RepoTags": ["lakehouse-pause:1"], "Layers": ["layer.tar"]}]' >manifest.json
tar --create --file "$target" manifest.json config.json layer.tar
