{{/* A job's spec: one driver pod, with retries that know what cannot help (root, job, args) */}}
{{- define "lakehouse.jobSpec" -}}
{{- $job := get .root.Values .job -}}
backoffLimit: {{ int64 $job.retries }}
# Waiting for a node is no failure and costs no retry; a run's own time is its pod's.
activeDeadlineSeconds: {{ add (int64 $job.deadlineSeconds) (int64 .root.Values.driver.pendingSeconds) }}
# With a podFailurePolicy there is no other: a driver that is being ended is replaced once it has ended.
podReplacementPolicy: Failed
ttlSecondsAfterFinished: {{ int64 .root.Values.ttlSecondsAfterFinished }}
podFailurePolicy:
  rules:
    # 2 usage or settings, 3 landing incomplete, 4 audit failed: the same again would end the same.
    - action: FailJob
      onExitCodes: {containerName: driver, operator: In, values: [2, 3, 4]}
    # A drained, preempted or lost node is not the run's fault and costs no retry.
    - action: Ignore
      onPodConditions:
        - {type: DisruptionTarget, status: "True"}
template:
  metadata:
    {{- $annotations := include "lakehouse.scraped" .root | fromYaml }}
    {{- include "lakehouse.podMetadata" (dict "root" .root "component" "driver" "annotations" $annotations) | nindent 4 }}
  spec:
    {{- include "lakehouse.driverSpec" . | nindent 4 }}
{{- end -}}

{{/* Annotations by which Prometheus finds a driver's metrics */}}
{{- define "lakehouse.scraped" -}}
{{- $scrape := and .Values.metrics.enabled (not .Values.metrics.podMonitor) -}}
{{- toYaml (ternary (dict "prometheus.io/scrape" "true" "prometheus.io/port" "4040" "prometheus.io/path" "/metrics/prometheus/") dict $scrape) -}}
{{- end -}}

{{/* A driver's pod. A watch's lives on: started anew when it ends, and with others at work beside it (root, job, args) */}}
{{- define "lakehouse.driverSpec" -}}
{{- $watch := eq .job "watch" -}}
{{- $driver := include "lakehouse.sizes" (dict "root" .root "job" .job "role" "driver") | fromYaml -}}
{{- $memory := include "lakehouse.podMemory" $driver -}}
serviceAccountName: {{ include "lakehouse.fullname" .root }}
restartPolicy: {{ ternary "Always" "Never" $watch }}
{{- with .root.Values.driver.priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
{{- if $watch }}
# Asked to end, it releases the batch at hand first.
terminationGracePeriodSeconds: {{ int64 .root.Values.watch.batchSeconds }}
{{- else }}
activeDeadlineSeconds: {{ int64 (get .root.Values .job).deadlineSeconds }}
terminationGracePeriodSeconds: 60
{{- end }}
enableServiceLinks: false
securityContext:
  {{- include "lakehouse.podSecurity" .root | nindent 2 }}
{{- with include "lakehouse.placement" (dict "root" .root "role" "driver") | trim }}
{{ . }}
{{- end }}
{{- if not (and $watch .root.Values.driver.allowSpot) }}
affinity:
  {{- if not .root.Values.driver.allowSpot }}
  nodeAffinity:
    requiredDuringSchedulingIgnoredDuringExecution:
      nodeSelectorTerms:
        - matchExpressions:
            - {{ include "lakehouse.spotKarpenter" "NotIn" }}
            - {{ include "lakehouse.spotNodeGroup" "NotIn" }}
  {{- end }}
  {{- if not $watch }}
  # One run at a time on a lake: of this release's drivers a second one waits (Pending) until the first has ended,
  # whichever job each belongs to. All nodes share this key's value, so "another node" does not exist.
  podAntiAffinity:
    requiredDuringSchedulingIgnoredDuringExecution:
      - topologyKey: kubernetes.io/os
        labelSelector:
          matchLabels:
            {{- include "lakehouse.selector" .root | nindent 12 }}
            app.kubernetes.io/component: driver
  {{- end }}
{{- end }}
containers:
  - name: driver
    image: {{ include "lakehouse.image" .root }}
    imagePullPolicy: {{ .root.Values.image.pullPolicy }}
    args: {{ toJson .args }}
    env:
      - name: POD_IP
        valueFrom: {fieldRef: {fieldPath: status.podIP}}
      - name: POD_NAME
        valueFrom: {fieldRef: {fieldPath: metadata.name}}
      - name: POD_NAMESPACE
        valueFrom: {fieldRef: {fieldPath: metadata.namespace}}
      {{- include "lakehouse.sparkEnv" .root | nindent 6 }}
      {{- with include "lakehouse.env" .root | trim }}{{ nindent 6 . }}{{ end }}
      {{- with include "lakehouse.driverSecrets" .root | trim }}{{ nindent 6 . }}{{ end }}
    {{- with include "lakehouse.alertsFrom" .root | trim }}{{ nindent 4 . }}{{ end }}
    ports:
      - {name: driver, containerPort: 7078}
      - {name: blocks, containerPort: 7079}
      - {name: ui, containerPort: 4040}
    {{- if $watch }}
    # It touches the file with each look. One that hangs, in a look or in a batch, is ended without much ado.
    livenessProbe:
      exec: {command: {{ include "lakehouse.watchProbe" .root }}}
      initialDelaySeconds: 60
      periodSeconds: 60
      timeoutSeconds: 10
      failureThreshold: 3
      terminationGracePeriodSeconds: 60
    {{- end }}
    resources:
      requests: {cpu: {{ $driver.cores | quote }}, memory: {{ $memory }}, ephemeral-storage: {{ .root.Values.driver.disk }}}
      limits: { {{- with $driver.coresLimit }}cpu: {{ . | quote }}, {{ end }}memory: {{ $memory }}}
    securityContext:
      {{- include "lakehouse.containerSecurity" .root | nindent 6 }}
    volumeMounts:
      - {name: tmp, mountPath: /tmp}
      - {name: spark, mountPath: /etc/spark, readOnly: true}
      {{- with include "lakehouse.settingsMount" .root | trim }}{{ nindent 6 . }}{{ end }}
volumes:
  - name: tmp
    emptyDir: {}
  - name: spark
    configMap:
      name: {{ include "lakehouse.fullname" .root }}
      items:
        - {key: {{ ternary "spark-defaults.conf" (printf "spark-defaults.%s.conf" .job) (eq .job "nightly") }}, path: spark-defaults.conf}
        - {key: executor.yaml, path: executor.yaml}
  {{- if .root.Values.settings }}
  - name: config
    configMap:
      name: {{ include "lakehouse.fullname" .root }}
  {{- end }}
{{- end -}}

{{/* Whether the watch has looked lately, as a command that starts no Python */}}
{{- define "lakehouse.watchProbe" -}}
{{- toJson (list "sh" "-c" (printf "test $(($(date +%%s) - $(stat -c %%Y %s))) -lt %d" (include "lakehouse.watchFile" .) (int64 .Values.watch.silentSeconds))) -}}
{{- end -}}

{{- define "lakehouse.watchFile" -}}
/tmp/watch-looked
{{- end -}}

{{/* Beside a watch the lake may be held, for as long as a batch takes */}}
{{- define "lakehouse.wait" -}}
{{- toJson (ternary (list "--wait" (printf "%ds" (int64 .Values.watch.batchSeconds))) list .Values.watch.enabled) -}}
{{- end -}}

{{/* What every job is called with */}}
{{- define "lakehouse.where" -}}
{{- toJson (list "--env" .Values.environment "--home" "/tmp/lakehouse") -}}
{{- end -}}
