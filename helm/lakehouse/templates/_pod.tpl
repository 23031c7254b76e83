{{/* Parts of a pod: what drivers, executors, the doctor and the history server share. */}}
{{- define "lakehouse.podSecurity" -}}
runAsNonRoot: true
runAsUser: 185
runAsGroup: 185
fsGroup: 185
seccompProfile: {type: RuntimeDefault}
{{- end -}}

{{- define "lakehouse.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities: {drop: [ALL]}
{{- end -}}

{{/* (root, component) */}}
{{- define "lakehouse.podMetadata" -}}
{{- $own := set (include "lakehouse.selector" .root | fromYaml) "app.kubernetes.io/component" .component -}}
labels:
  {{- toYaml (mergeOverwrite (deepCopy .root.Values.podLabels) $own) | nindent 2 }}
{{- $annotations := mergeOverwrite (dict) .root.Values.podAnnotations (.annotations | default dict) }}
{{- with $annotations }}
annotations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{/* Where a pod may run (root, role): role is driver or executor */}}
{{- define "lakehouse.placement" -}}
{{- $placed := get .root.Values .role -}}
{{- with .root.Values.image.pullSecrets }}
imagePullSecrets:
  {{- range . }}
  - name: {{ . }}
  {{- end }}
{{- end }}
{{- $selector := deepCopy $placed.nodeSelector -}}
{{- with .root.Values.arch }}{{- $_ := set $selector "kubernetes.io/arch" . }}{{- end }}
{{- with $selector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- $tolerations := $placed.tolerations -}}
{{- if eq .role "driver" }}
{{- /* Kubernetes itself would bear with a node that does not answer for five minutes. */}}
{{- range $state := list "unreachable" "not-ready" }}
{{- $one := dict "key" (printf "node.kubernetes.io/%s" $state) "operator" "Exists" "effect" "NoExecute" -}}
{{- $tolerations = prepend $tolerations (set $one "tolerationSeconds" (int64 $placed.unreachableSeconds)) -}}
{{- end }}
{{- end }}
{{- with $tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{/* Karpenter's and EKS node groups' words for spot, as node selector terms; (operator) In or NotIn */}}
{{- define "lakehouse.spotKarpenter" -}}
{key: karpenter.sh/capacity-type, operator: {{ . }}, values: [spot]}
{{- end -}}
{{- define "lakehouse.spotNodeGroup" -}}
{key: eks.amazonaws.com/capacityType, operator: {{ . }}, values: [SPOT]}
{{- end -}}

{{/* Environment of drivers and executors (root): plain values, and secrets by reference */}}
{{- define "lakehouse.env" -}}
{{- range $name, $value := .Values.env }}
- name: {{ $name }}
  value: {{ $value | quote }}
{{- end }}
{{- with .Values.secrets.aws }}
{{- range $key := list "AWS_ACCESS_KEY_ID" "AWS_SECRET_ACCESS_KEY" }}
- name: {{ $key }}
  valueFrom: {secretKeyRef: {name: {{ $.Values.secrets.aws }}, key: {{ $key }}}}
{{- end }}
{{- end }}
{{- end -}}

{{/* Spark's own files: the chart's spark-defaults.conf, the image's logging */}}
{{- define "lakehouse.sparkEnv" -}}
- name: SPARK_CONF_DIR
  value: /etc/spark
- name: LOG4J_CONFIGURATION_FILE
  value: /opt/spark/conf/log4j2.properties
{{- end -}}

{{/* What only the driver and the doctor know beside that */}}
{{- define "lakehouse.driverSecrets" -}}
{{- with .Values.secrets.redshift }}
- name: LAKEHOUSE_REDSHIFT_PASSWORD
  valueFrom: {secretKeyRef: {name: {{ . }}, key: LAKEHOUSE_REDSHIFT_PASSWORD}}
{{- end }}
{{- with .Values.secrets.emailSalt }}
{{- $name := get (include "lakehouse.settings" $ | fromYaml) "email_salt_from" | default "LAKEHOUSE_EMAIL_SALT" }}
- name: {{ $name }}
  valueFrom: {secretKeyRef: {name: {{ . }}, key: {{ $name }}}}
{{- end }}
{{- end -}}

{{/* Secrets by which people are told; whole, as what lacks in one is told by the run and must not keep it from starting */}}
{{- define "lakehouse.alertsFrom" -}}
{{- with .Values.alerts.secrets }}
envFrom:
  {{- range . }}
  - secretRef: {name: {{ . }}, optional: true}
  {{- end }}
{{- end }}
{{- end -}}

{{- define "lakehouse.settingsMount" -}}
{{- if .Values.settings }}
- name: config
  mountPath: /opt/lakehouse/conf/{{ .Values.environment }}.yaml
  subPath: {{ .Values.environment }}.yaml
  readOnly: true
{{- end }}
{{- end -}}
