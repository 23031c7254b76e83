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
    {{- $scrape := and .root.Values.metrics.enabled (not .root.Values.metrics.podMonitor) }}
    {{- $annotations := ternary (dict "prometheus.io/scrape" "true" "prometheus.io/port" "4040" "prometheus.io/path" "/metrics/prometheus/") (dict) $scrape }}
    {{- include "lakehouse.podMetadata" (dict "root" .root "component" "driver" "annotations" $annotations) | nindent 4 }}
  spec:
    {{- include "lakehouse.driverSpec" . | nindent 4 }}
{{- end -}}

{{- define "lakehouse.driverSpec" -}}
{{- $driver := include "lakehouse.sizes" (dict "root" .root "job" .job "role" "driver") | fromYaml -}}
{{- $memory := include "lakehouse.podMemory" $driver -}}
serviceAccountName: {{ include "lakehouse.fullname" .root }}
restartPolicy: Never
{{- with .root.Values.driver.priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
activeDeadlineSeconds: {{ int64 (get .root.Values .job).deadlineSeconds }}
terminationGracePeriodSeconds: 60
enableServiceLinks: false
securityContext:
  {{- include "lakehouse.podSecurity" .root | nindent 2 }}
{{- with include "lakehouse.placement" (dict "root" .root "role" "driver") | trim }}
{{ . }}
{{- end }}
affinity:
  {{- if not .root.Values.driver.allowSpot }}
  nodeAffinity:
    requiredDuringSchedulingIgnoredDuringExecution:
      nodeSelectorTerms:
        - matchExpressions:
            - {{ include "lakehouse.spotKarpenter" "NotIn" }}
            - {{ include "lakehouse.spotNodeGroup" "NotIn" }}
  {{- end }}
  # One run at a time on a lake: of this release's drivers a second one waits (Pending) until the first has ended,
  # whichever job each belongs to. All nodes share this key's value, so "another node" does not exist.
  podAntiAffinity:
    requiredDuringSchedulingIgnoredDuringExecution:
      - topologyKey: kubernetes.io/os
        labelSelector:
          matchLabels:
            {{- include "lakehouse.selector" .root | nindent 12 }}
            app.kubernetes.io/component: driver
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

{{/* What every job is called with */}}
{{- define "lakehouse.where" -}}
{{- toJson (list "--env" .Values.environment "--home" "/tmp/lakehouse") -}}
{{- end -}}
