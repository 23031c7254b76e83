#!/bin/sh
# Take out of a site-packages folder what the image never uses. Each group says why; docs/image.md says what it saves.
# Usage: docker/trim.sh SITE_PACKAGES
set -eu

site=$1
jars=$site/pyspark/jars

# drop PATTERN…: remove jars. A pattern that matches nothing is an error: a new Spark wants this list looked at again.
drop() {
    for pattern in "$@"; do
        # shellcheck disable=SC2086  # a pattern, meant to be expanded
        rm "$jars"/$pattern
    done
}

# State of streaming queries, and an index of the history server's where it is asked to keep one on disk in RocksDB
# (it keeps it in memory, or in LevelDB). Native code for eight platforms.
drop 'rocksdbjni-*'
# Cluster managers: Kubernetes and local mode are what the image is for.
drop 'mesos-*' 'spark-mesos_*' 'spark-yarn_*' 'hadoop-yarn-server-web-proxy-*'
# Machine learning and graphs, and the algebra under them.
drop 'spark-mllib_*' 'spark-mllib-local_*' 'spark-graphx_*' 'breeze*' 'spire*' 'algebra_*' 'cats-kernel_*' \
    'JTransforms-*' 'JLargeArrays-*' 'arpack*' 'lapack-*' 'blas-*'
# Hive's metastore and server: tables are known by their paths. (hive-storage-api stays, ORC needs it.)
drop 'spark-hive_*' 'spark-hive-thriftserver_*' 'hive-exec-*' 'hive-metastore-*' 'hive-beeline-*' 'hive-cli-*' \
    'hive-common-*' 'hive-jdbc-*' 'hive-llap-common-*' 'hive-serde-*' 'hive-service-rpc-*' 'hive-shims-*' \
    'datanucleus-*' 'derby-*' 'javax.jdo-*' 'jdo-api-*' 'bonecp-*' 'HikariCP-*' 'libthrift-*' 'libfb303-*'
# Scala's shell.
drop 'spark-repl_*' 'scala-compiler-*' 'jline-*'

# Libraries' own tests, C headers, and parts of Arrow that are optional by its own account (Flight, Substrait).
find "$site" -type d -name tests -prune -exec rm -r {} +
rm -r "$site/pyarrow/include" "$site"/pyarrow/*flight* "$site"/pyarrow/*substrait*
# One library under three names, as wheels know no links.
ln -sf libarrow_python.so "$(ls -d "$site"/pyarrow/libarrow_python.so.*.*.*)"
# pyspark's own copy of itself: with it Python would read pyspark out of an archive, uncompiled, at each start.
rm "$site"/pyspark/python/lib/*.zip
# Command-line scripts with the build's interpreter in them; Spark's own are in pyspark/bin.
rm -r "${site:?}/bin" "$site/pyspark/examples" "$site/pyspark/data"
