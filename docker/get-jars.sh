#!/bin/sh
# Download the jars of a list into a folder and check each against its SHA-256.
# Usage: docker/get-jars.sh LIST FOLDER    (MAVEN_REPOSITORY=https://… where it is not Maven Central)
set -eu

list=$1
folder=$2
repository=${MAVEN_REPOSITORY:-https://repo1.maven.org/maven2}

mkdir -p "$folder"
grep -v -e '^#' -e '^$' "$list" | while read -r checksum path; do
    jar=$folder/${path##*/}
    curl --fail --silent --show-error --location --retry 3 --output "$jar" "$repository/$path" || {
        echo "$path: not to be had from $repository" >&2
        exit 1
    }
    echo "$checksum  $jar" | sha256sum --check --quiet
done
