{{/*
What Spark is told on the cluster, by job (root, job). The entrypoint adds what only the pod knows: its address, its
name (executors are owned by it) and its namespace. S3 and Delta are the session's own (spark_app/runtime/session.py).
*/}}
{{- define "lakehouse.sparkConf" -}}
{{- $values := .root.Values -}}
{{- $driver := include "lakehouse.sizes" (dict "root" .root "job" .job "role" "driver") | fromYaml -}}
{{- $executor := include "lakehouse.sizes" (dict "root" .root "job" .job "role" "executor") | fromYaml -}}
spark.master: k8s://https://kubernetes.default.svc
spark.submit.deployMode: client
spark.driver.memory: {{ $driver.memory }}
spark.driver.port: "7078"
spark.driver.blockManager.port: "7079"
spark.blockManager.port: "7079"
spark.ui.port: "4040"
spark.ui.killEnabled: "false"
spark.port.maxRetries: "0"
spark.kubernetes.container.image: {{ include "lakehouse.image" .root }}
spark.kubernetes.container.image.pullPolicy: {{ $values.image.pullPolicy }}
spark.kubernetes.authenticate.executor.serviceAccountName: {{ include "lakehouse.executorAccount" .root }}
spark.kubernetes.executor.podTemplateFile: /etc/spark/executor.yaml
spark.kubernetes.executor.podTemplateContainerName: executor
spark.kubernetes.executor.request.cores: {{ $executor.cores | quote }}
{{- with $executor.coresLimit }}
spark.kubernetes.executor.limit.cores: {{ . | quote }}
{{- end }}
spark.executor.cores: {{ include "lakehouse.tasks" $executor.cores | quote }}
spark.executor.memory: {{ $executor.memory }}
spark.executor.memoryOverhead: {{ $executor.memoryOverhead }}
spark.kubernetes.executor.deleteOnTermination: "true"
# The driver may make and remove pods, nothing else: no ConfigMaps, claims or Services of Spark's own.
spark.kubernetes.executor.disableConfigMap: "true"
spark.kubernetes.driver.ownPersistentVolumeClaim: "false"
spark.kubernetes.driver.reusePersistentVolumeClaim: "false"
spark.kubernetes.driver.service.deleteOnTermination: "false"
spark.dynamicAllocation.enabled: "true"
spark.dynamicAllocation.shuffleTracking.enabled: "true"
spark.dynamicAllocation.minExecutors: {{ $executor.min | int64 | quote }}
spark.dynamicAllocation.initialExecutors: {{ $executor.min | int64 | quote }}
spark.dynamicAllocation.maxExecutors: {{ $executor.max | int64 | quote }}
# Says nothing new, but Spark warns where it is less than the fewest.
spark.executor.instances: {{ $executor.min | int64 | quote }}
# The first job waits for one executor, not for most of them.
spark.scheduler.minRegisteredResourcesRatio: "0"
{{- if dig "spark" "light_compiler" false (include "lakehouse.settings" .root | fromYaml) }}
# What the setting says, for Java that spark-submit starts: short runs spend more on compiling well than that saves.
spark.driver.extraJavaOptions: -XX:TieredStopAtLevel=1 -XX:ReservedCodeCacheSize=256m -XX:+UseSerialGC
spark.executor.extraJavaOptions: -XX:TieredStopAtLevel=1 -XX:ReservedCodeCacheSize=256m -XX:+UseSerialGC
{{- end }}
# An executor whose node goes (spot, drain) hands its blocks on before it ends.
spark.decommission.enabled: "true"
spark.storage.decommission.enabled: "true"
spark.storage.decommission.shuffleBlocks.enabled: "true"
spark.storage.decommission.rddBlocks.enabled: "true"
spark.kubernetes.decommission.script: /etc/spark/decommission.sh
{{- with $values.eventLog.dir }}
spark.eventLog.enabled: "true"
spark.eventLog.dir: {{ . }}
spark.eventLog.compress: "true"
# In parts: S3 shows an object when it is closed, and a driver that is killed closes nothing.
spark.eventLog.rolling.enabled: "true"
spark.eventLog.rolling.maxFileSize: 32m
{{- end }}
{{- if $values.metrics.enabled }}
spark.ui.prometheus.enabled: "true"
spark.metrics.namespace: lakehouse
spark.metrics.conf.*.sink.prometheusServlet.class: org.apache.spark.metrics.sink.PrometheusServlet
spark.metrics.conf.*.sink.prometheusServlet.path: /metrics/prometheus
{{- end }}
{{- end -}}

{{/* The same as spark-defaults.conf, with what the values add (root, job) */}}
{{- define "lakehouse.sparkDefaults" -}}
{{- $conf := include "lakehouse.sparkConf" . | fromYaml -}}
{{- $lines := list -}}
{{- range $key, $value := mergeOverwrite $conf .root.Values.sparkConf -}}
{{- $lines = append $lines (printf "%s %v" $key $value) -}}
{{- end -}}
{{- join "\n" $lines -}}
{{- end -}}
