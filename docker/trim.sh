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

# ZooKeeper, for a standby of Spark's own cluster manager.
drop 'curator-*' 'zookeeper-*'

# Their part of pyspark; pandas on Spark, and what tests Spark itself.
for part in ml mllib pandas streaming testing examples data; do
    rm -r "$site/pyspark/$part"
done
# Libraries' own tests and sources of extensions; Arrow's optional parts (Flight, its S3: S3 is reached by boto3, S3A
# and delta-rs).
find "$site" -type d -name tests -prune -exec rm -r {} +
find "$site/pyarrow" -name '*.px[di]' -delete -o -name '*.pyx' -delete
rm -r "$site/pyarrow/include" "$site"/pyarrow/*flight* "$site"/pyarrow/libarrow_s3.* "$site"/pyarrow/_s3fs.*
# One library under three names, as wheels know no links.
for name in "$site"/pyarrow/libarrow_python.so.*; do
    ln -sf libarrow_python.so "$name"
done
# Symbols, which only debuggers read. Not in what the builder of numpy's wheel has laid out anew by patching.
find "$site" -name '*.so*' -type f ! -path '*/numpy.libs/*' -exec strip --strip-unneeded {} +
# Words of apprise's command in other languages.
find "$site/apprise/i18n" -mindepth 1 -type d -prune -exec rm -r {} +
# AWS's services by their descriptions: those that the project, its drivers and AWS's chain of credentials call.
find "$site/botocore/data" -mindepth 1 -maxdepth 1 -type d ! -name dynamodb ! -name glue ! -name redshift \
    ! -name redshift-serverless ! -name s3 ! -name secretsmanager ! -name signin ! -name sns ! -name sso \
    ! -name sso-oidc ! -name sts -exec rm -r {} +
# pyspark's own copy of itself: with it Python would read pyspark out of an archive, uncompiled, at each start.
rm "$site"/pyspark/python/lib/*.zip
# Command-line scripts with the build's interpreter in them; Spark's own are in pyspark/bin.
rm -r "${site:?}/bin"
