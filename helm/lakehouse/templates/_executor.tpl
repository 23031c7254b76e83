{{/* Spark adds to this pod: image, ports, its own environment, CPU, memory, disks for shuffles, and the driver as owner. */}}
{{- define "lakehouse.executorPod" -}}
apiVersion: v1
kind: Pod
metadata:
  {{- include "lakehouse.podMetadata" (dict "root" . "component" "executor") | nindent 2 }}
spec:
  automountServiceAccountToken: false
  restartPolicy: Never
  {{- with .Values.executor.priorityClassName }}
  priorityClassName: {{ . }}
  {{- end }}
  # A spot node gives two minutes.
  terminationGracePeriodSeconds: 100
  enableServiceLinks: false
  securityContext:
    {{- include "lakehouse.podSecurity" . | nindent 4 }}
  {{- with include "lakehouse.placement" (dict "root" . "role" "executor") | trim }}
  {{- . | nindent 2 }}
  {{- end }}
  {{- if eq .Values.executor.spot "require" }}
  affinity:
    nodeAffinity:
      requiredDuringSchedulingIgnoredDuringExecution:
        nodeSelectorTerms:
          - matchExpressions:
              - {{ include "lakehouse.spotKarpenter" "In" }}
          - matchExpressions:
              - {{ include "lakehouse.spotNodeGroup" "In" }}
  {{- else if eq .Values.executor.spot "prefer" }}
  affinity:
    nodeAffinity:
      preferredDuringSchedulingIgnoredDuringExecution:
        - weight: 100
          preference:
            matchExpressions:
              - {{ include "lakehouse.spotKarpenter" "In" }}
        - weight: 100
          preference:
            matchExpressions:
              - {{ include "lakehouse.spotNodeGroup" "In" }}
  {{- end }}
  containers:
    - name: executor
      {{- with include "lakehouse.env" . | trim }}
      env:
        {{- . | nindent 8 }}
      {{- end }}
      resources:
        requests: {ephemeral-storage: {{ .Values.executor.disk }}}
      securityContext:
        {{- include "lakehouse.containerSecurity" . | nindent 8 }}
      volumeMounts:
        - {name: tmp, mountPath: /tmp}
        - {name: spark, mountPath: /etc/spark, readOnly: true}
  volumes:
    - name: tmp
      emptyDir: {}
    - name: spark
      configMap:
        name: {{ include "lakehouse.fullname" . }}
        # 0555, in the one way of writing it that every YAML reader takes alike
        defaultMode: 365
        items:
          - {key: decommission.sh, path: decommission.sh}
{{- end -}}
