#!/bin/sh
# A Docker engine and a base image on machines that have none: root and Debian's packages are enough.
# Usage: docker/engine.sh start           the engine that runs, else one of Debian's packages, started here
#        docker/engine.sh base            debian:bookworm-slim: there, pulled, or made by debootstrap
#        docker/engine.sh build ARGS…     docker build with BuildKit
#        docker/engine.sh compose         prints the compose command of the engine that runs; fails where there is none
#        docker/engine.sh stop            stop what `start` started (its images stay, in $LAKEHOUSE_CACHE/docker)
set -eu

base_image=debian:bookworm-slim
cache=${LAKEHOUSE_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/lakehouse}/docker
pid_file=$cache/dockerd.pid

say() { echo "engine: $*" >&2; }
fail() {
    say "$*"
    exit 1
}
runs() { docker info >/dev/null 2>&1; }

install_packages() {
    missing=
    for pair in dockerd:docker.io iptables:iptables debootstrap:debootstrap docker-compose:docker-compose; do
        command -v "${pair%%:*}" >/dev/null || missing="$missing ${pair#*:}"
    done
    [ -n "$missing" ] || return 0
    say "installing$missing"
    command -v apt-get >/dev/null || fail "no Docker engine answers, and there is no apt-get to install one: start one"
    apt-get update -qq
    # RUNLEVEL=1: the package must not start an engine of its own.
    # shellcheck disable=SC2086  # a list of words
    RUNLEVEL=1 DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null
}

start() {
    ! runs || return 0
    [ "$(id -u)" = 0 ] || fail "no Docker engine answers, and only root can start one here: start it, or become root"
    install_packages
    mkdir -p "$cache/data"
    say "starting dockerd, data in $cache/data"
    # Closed: files of the caller's (a lock, say) that a daemon would hold open for good.
    nohup dockerd --data-root "$cache/data" --exec-root /run/lakehouse-docker --pidfile "$pid_file" \
        --host unix:///var/run/docker.sock >"$cache/dockerd.log" 2>&1 </dev/null 3>&- 4>&- 5>&- 6>&- 7>&- 8>&- 9>&- &
    daemon=$!
    tries=0
    until runs; do
        tries=$((tries + 1))
        # A daemon that is not allowed to do its work (a container without privileges, say) ends by itself.
        if ! kill -0 "$daemon" 2>/dev/null || [ "$tries" -gt 60 ]; then
            kill "$daemon" 2>/dev/null || true
            fail "no Docker engine answers, and dockerd did not start; the end of $cache/dockerd.log: $(tail -n 3 "$cache/dockerd.log")"
        fi
        sleep 1
    done
}

stop() {
    [ -f "$pid_file" ] || return 0
    pid=$(cat "$pid_file")
    kill "$pid" 2>/dev/null || return 0
    while kill -0 "$pid" 2>/dev/null; do sleep 0.2; done
}

base() {
    start
    ! docker image inspect "$base_image" >/dev/null 2>&1 || return 0
    ! docker pull --quiet "$base_image" >/dev/null 2>&1 || return 0
    [ "$(id -u)" = 0 ] || fail "no registry gives $base_image, and only root can make one by debootstrap"
    install_packages
    say "no registry gives $base_image: making one by debootstrap"
    root=$(mktemp -d)
    trap 'rm -rf "$root"' EXIT
    mirror=${DEBIAN_MIRROR:-http://deb.debian.org/debian}
    debootstrap --variant=minbase bookworm "$root" "$mirror" >"$cache/debootstrap.log" 2>&1 ||
        fail "debootstrap failed; the end of $cache/debootstrap.log: $(tail -n 3 "$cache/debootstrap.log")"
    slim "$root" "$mirror"
    tar -C "$root" -c . | docker import --change 'CMD ["bash"]' - "$base_image" >/dev/null
}

# What Debian's own slim images leave out, the updates they have, and certificates that this machine trusts besides
# (of a proxy, say): those stay in this local base image and in what is built on it here.
slim() {
    root=$1
    security=${mirror%/debian}/debian-security
    cat >"$root/etc/apt/sources.list" <<LIST
deb $mirror bookworm main
deb $mirror bookworm-updates main
deb $security bookworm-security main
LIST
    for folder in doc man info locale lintian; do
        echo "path-exclude /usr/share/$folder/*"
    done >"$root/etc/dpkg/dpkg.cfg.d/slim"
    echo 'path-include /usr/share/doc/*/copyright' >>"$root/etc/dpkg/dpkg.cfg.d/slim"
    echo 'Acquire::Languages "none";' >"$root/etc/apt/apt.conf.d/slim"
    mkdir -p "$root/usr/local/share/ca-certificates"
    find /usr/local/share/ca-certificates -name '*.crt' -exec cp -t "$root/usr/local/share/ca-certificates" {} + || true
    cp /etc/resolv.conf "$root/etc/resolv.conf"
    chroot "$root" sh -c 'apt-get update -qq && apt-get upgrade -y -qq' >>"$cache/debootstrap.log" 2>&1
    find "$root/usr/share/doc" -mindepth 2 ! -name copyright ! -type d -delete
    rm -rf "$root"/usr/share/man/* "$root"/usr/share/info/* "$root"/usr/share/locale/* "$root"/usr/share/lintian \
        "$root"/var/lib/apt/lists/* "$root"/var/cache/apt/* "$root"/var/log/* "$root"/etc/resolv.conf
}

# A client that knows BuildKit: newer ones need the buildx plugin for it, Debian's 20.10 has it built in.
client() {
    if docker buildx version >/dev/null 2>&1; then
        echo docker
    else
        echo /usr/bin/docker
    fi
}

compose() {
    runs || return 1
    if docker compose version >/dev/null 2>&1; then
        echo docker compose
    else
        command -v docker-compose
    fi
}

build() {
    base
    pip_conf=$(python3 -m pip config debug 2>/dev/null | sed -n 's/^ *\(.*\), exists: True$/\1/p' | tail -n 1)
    [ -z "$pip_conf" ] || set -- --secret "id=pip,src=$pip_conf" "$@"
    # Named without a value: what the environment says, or nothing.
    for name in HTTP_PROXY HTTPS_PROXY NO_PROXY MAVEN_REPOSITORY; do
        ! printenv "$name" >/dev/null || set -- --build-arg "$name" "$@"
    done
    DOCKER_BUILDKIT=1 "$(client)" build "$@"
}

word=${1:-}
[ $# -eq 0 ] || shift
case $word in
    start | base | stop | compose) "$word" ;;
    build) build "$@" ;;
    *)
        sed -n '2,7s/^# //p' "$0" >&2
        exit 2
        ;;
esac
