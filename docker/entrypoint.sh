#!/usr/bin/env bash
# The image's words. Each ends in `exec`: signals reach what runs, and its exit code is the container's.
set -euo pipefail

jobs=/opt/lakehouse/spark_app/jobs

usage() {
    cat <<'WORDS'
bronze | silver | gold | audit | publish   one layer; arguments as `lakehouse run` takes them
run                                        all layers
watch                                      all layers, again and again, as files land
maintenance                                pack files, remove old versions
lakehouse WORD …                           the lakehouse command
history-server                             Spark's history server
driver | executor                          what Spark on Kubernetes starts pods with
WORDS
}

# Spark wants an IPv6 address in brackets, wherever it names a host.
bracketed() {
    case $1 in
        \[*) printf %s "$1" ;;
        *:*) printf '[%s]' "$1" ;;
        *) printf %s "$1" ;;
    esac
}

# In a pod executors call the driver back by its address; without these Spark would name a host nobody can look up.
in_pod=()
if [ -n "${POD_IP:-}" ]; then
    in_pod=(--conf "spark.driver.host=$(bracketed "$POD_IP")" --conf "spark.driver.bindAddress=$POD_IP")
    [ -z "${POD_NAME:-}" ] || in_pod+=(--conf "spark.kubernetes.driver.pod.name=$POD_NAME")
    [ -z "${POD_NAMESPACE:-}" ] || in_pod+=(--conf "spark.kubernetes.namespace=$POD_NAMESPACE")
fi

submit() {
    exec "$SPARK_HOME/bin/spark-submit" "${in_pod[@]}" "$@"
}

# Python first, which starts Spark itself: told to end, it must release the batch at hand. Under spark-submit the signal
# would reach Java instead, and Java would end Spark under it.
watch() {
    export PYSPARK_SUBMIT_ARGS="${in_pod[*]} pyspark-shell"
    exec python -P -m spark_app.cli watch "$@"
}

# Cluster mode: Spark's own client made this pod and says by these variables how the driver is to be reached.
driver() {
    exec "$SPARK_HOME/bin/spark-submit" \
        --conf "spark.driver.bindAddress=${SPARK_DRIVER_BIND_ADDRESS:?is set by Spark in a driver pod}" \
        --conf "spark.executorEnv.SPARK_DRIVER_POD_IP=$SPARK_DRIVER_BIND_ADDRESS" \
        --deploy-mode client "$@"
}

# The driver hands each Java option over in a variable of its own: SPARK_JAVA_OPT_0, SPARK_JAVA_OPT_1, …
executor() {
    local options=() name
    while IFS= read -r name; do
        options+=("${!name}")
    done < <(compgen -e | grep '^SPARK_JAVA_OPT_[0-9]*$' | sort -t_ -k4n)
    exec "$JAVA_HOME/bin/java" "${options[@]}" \
        "-Xms${SPARK_EXECUTOR_MEMORY:-1g}" "-Xmx${SPARK_EXECUTOR_MEMORY:-1g}" \
        -cp "${SPARK_CONF_DIR:+$SPARK_CONF_DIR:}${SPARK_CLASSPATH:+$SPARK_CLASSPATH:}$SPARK_HOME/jars/*" \
        org.apache.spark.scheduler.cluster.k8s.KubernetesExecutorBackend \
        --driver-url "${SPARK_DRIVER_URL:-}" \
        --executor-id "${SPARK_EXECUTOR_ID:-}" \
        --cores "${SPARK_EXECUTOR_CORES:-1}" \
        --app-id "${SPARK_APPLICATION_ID:-}" \
        --hostname "$(bracketed "${SPARK_EXECUTOR_POD_IP:-}")" \
        --resourceProfileId "${SPARK_RESOURCE_PROFILE_ID:-0}" \
        --podName "${SPARK_EXECUTOR_POD_NAME:-}" "$@"
}

word=${1:-}
[ $# -eq 0 ] || shift
case $word in
    bronze | silver | gold | audit | publish | maintenance) submit "$jobs/$word.py" "$@" ;;
    run) submit "$jobs/nightly.py" "$@" ;;
    watch) watch "$@" ;;
    # -P: a file in the working directory must not stand in for a module.
    lakehouse) exec python -P -m spark_app.cli "$@" ;;
    history-server) exec "$SPARK_HOME/bin/spark-class" org.apache.spark.deploy.history.HistoryServer "$@" ;;
    driver) driver "$@" ;;
    executor) executor "$@" ;;
    -h | --help | help) usage ;;
    *)
        echo "entrypoint: found '$word', expected bronze, silver, gold, audit, publish, run, watch, maintenance," \
            "lakehouse, history-server, driver or executor" >&2
        exit 2
        ;;
esac
