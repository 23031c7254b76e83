{{/* The settings as an object, whether they came as YAML or as the text of a file. */}}
{{- define "lakehouse.settings" -}}
{{- if kindIs "string" .Values.settings -}}
{{- $read := fromYaml .Values.settings -}}
{{- if hasKey $read "Error" -}}{{- fail (printf "settings: not YAML: %s" $read.Error) -}}{{- end -}}
{{- toYaml $read -}}
{{- else -}}
{{- toYaml .Values.settings -}}
{{- end -}}
{{- end -}}

{{/* driver or executor of a job: what all share, overlaid by the job's own. (root, job, role) */}}
{{- define "lakehouse.sizes" -}}
{{- toYaml (mergeOverwrite (deepCopy (get .root.Values .role)) (get (get .root.Values .job) .role)) -}}
{{- end -}}

{{/* Spark's memory (2g, 512m) in mebibytes */}}
{{- define "lakehouse.mebibytes" -}}
{{- $number := regexFind "^[0-9]+" . | int -}}
{{- ternary (mul $number 1024) $number (hasSuffix "g" .) -}}
{{- end -}}

{{/* heap + overhead of a pod, in Mi. (memory, memoryOverhead) */}}
{{- define "lakehouse.podMemory" -}}
{{- add (include "lakehouse.mebibytes" .memory) (include "lakehouse.mebibytes" .memoryOverhead) -}}Mi
{{- end -}}

{{/* Whole cores of "1500m" or "2", at least 1: how many tasks an executor works on at once */}}
{{- define "lakehouse.tasks" -}}
{{- $cores := . | toString -}}
{{- if hasSuffix "m" $cores -}}
{{- max 1 (div (trimSuffix "m" $cores | int) 1000) -}}
{{- else -}}
{{- max 1 (floor (float64 $cores) | int) -}}
{{- end -}}
{{- end -}}

{{/* TCP ports out: those of the values, and those the settings speak of */}}
{{- define "lakehouse.egressPorts" -}}
{{- $ports := .Values.networkPolicy.egressPorts -}}
{{- $settings := include "lakehouse.settings" . | fromYaml -}}
{{- with dig "s3" "endpoint" "" $settings -}}
{{- $stated := regexFind ":[0-9]+$" (regexReplaceAll "^https?://|/.*$" . "") -}}
{{- $port := ternary 443 80 (hasPrefix "https" .) -}}
{{- if $stated -}}{{- $port = trimPrefix ":" $stated | int -}}{{- end -}}
{{- $ports = append $ports $port -}}
{{- end -}}
{{- range regexFindAll ":[0-9]+" (dig "kafka" "servers" "" $settings) -1 -}}{{- $ports = append $ports (trimPrefix ":" . | int) -}}{{- end -}}
{{- with dig "redshift" "port" 0 $settings -}}{{- $ports = append $ports (int .) -}}{{- end -}}
{{- $numbers := list -}}
{{- range $ports -}}{{- $numbers = append $numbers (int .) -}}{{- end -}}
{{- toYaml (uniq $numbers) -}}
{{- end -}}
