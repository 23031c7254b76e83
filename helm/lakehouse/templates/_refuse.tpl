{{/* Wrong combinations, told all at once. (What is wrong by itself is the schema's to refuse.) */}}
{{- define "lakehouse.refuse" -}}
{{- $wrong := concat (include "lakehouse.wrongSettings" . | fromJsonArray) (include "lakehouse.wrongJobs" . | fromJsonArray) (include "lakehouse.wrongRest" . | fromJsonArray) -}}
{{- if $wrong -}}
{{- fail (printf "\n%d things do not fit together:\n  - %s\nSee docs/run-on-kubernetes.md." (len $wrong) (join "\n  - " $wrong)) -}}
{{- end -}}
{{- end -}}

{{- define "lakehouse.wrongSettings" -}}
{{- $wrong := list -}}
{{- $settings := include "lakehouse.settings" . | fromYaml -}}
{{- if $settings -}}
{{- range $place := list "landing" "lake" "reports" -}}
{{- $found := get $settings $place -}}
{{- if not (hasPrefix "s3a://" $found) -}}
{{- $wrong = append $wrong (printf "settings.%s: found '%s', expected s3a://bucket/prefix: a pod's own disk goes with the pod" $place $found) -}}
{{- end -}}
{{- end -}}
{{- $warehouse := get $settings "warehouse" | default "duckdb" -}}
{{- if eq $warehouse "duckdb" -}}
{{- $wrong = append $wrong "settings.warehouse: found duckdb (the default), expected redshift or none: its file would go with the pod" -}}
{{- end -}}
{{- with dig "spark" "master" "" $settings -}}
{{- $wrong = append $wrong (printf "settings.spark.master: found '%s', expected none: the chart says where Spark runs" .) -}}
{{- end -}}
{{- if dig "spark" "fetch_jars" false $settings -}}
{{- $wrong = append $wrong "settings.spark.fetch_jars: found true, expected false: the image has the jars" -}}
{{- end -}}
{{- $redshift := get $settings "redshift" | default dict -}}
{{- $other := or $redshift.secret $redshift.workgroup $redshift.cluster $.Values.secrets.redshift -}}
{{- if and (eq $warehouse "redshift") (not $other) -}}
{{- $wrong = append $wrong "settings.redshift: no way to log in; expected workgroup or cluster (IAM), secret (Secrets Manager), or the value secrets.redshift" -}}
{{- end -}}
{{- if not (or $settings.email_salt_secret $.Values.secrets.emailSalt) -}}
{{- $wrong = append $wrong "settings.email_salt_secret: no salt for e-mail hashes; expected it (Secrets Manager), or the value secrets.emailSalt" -}}
{{- end -}}
{{- end -}}
{{- toJson $wrong -}}
{{- end -}}

{{- define "lakehouse.wrongJobs" -}}
{{- $wrong := list -}}
{{- with .Values.backfill -}}
{{- if ne (empty .from) (empty .to) -}}
{{- $wrong = append $wrong (printf "backfill: found from '%s' and to '%s', expected both or neither" .from .to) -}}
{{- else if and .from (gt .from .to) -}}
{{- $wrong = append $wrong (printf "backfill: from %s is after to %s" .from .to) -}}
{{- end -}}
{{- end -}}
{{- range $job := list "nightly" "backfill" "maintenance" "watch" -}}
{{- $sizes := include "lakehouse.sizes" (dict "root" $ "job" $job "role" "executor") | fromYaml -}}
{{- if gt (int $sizes.min) (int $sizes.max) -}}
{{- $wrong = append $wrong (printf "%s: executor.min %d is more than executor.max %d" $job (int $sizes.min) (int $sizes.max)) -}}
{{- end -}}
{{- end -}}
{{- with .Values.watch -}}
{{- if lt (int64 .silentSeconds) (int64 .batchSeconds) -}}
{{- $wrong = append $wrong (printf "watch: silentSeconds %d is less than batchSeconds %d: it does not look while a batch is at work" (int64 .silentSeconds) (int64 .batchSeconds)) -}}
{{- end -}}
{{- end -}}
{{- $settings := include "lakehouse.settings" . | fromYaml -}}
{{- if and .Values.watch.enabled $settings (not .Values.nightly.suspend) -}}
{{- $watch := get $settings "watch" | default dict -}}
{{- if not (and (hasKey $watch "night") (empty (index $watch "night"))) -}}
{{- $wrong = append $wrong "watch.enabled: the watch would run the nights, and the CronJob too; expected settings.watch.night: null (nights are the CronJob's), or nightly.suspend: true (nights are the watch's)" -}}
{{- end -}}
{{- end -}}
{{- $own := include "lakehouse.sparkConf" (dict "root" $ "job" "nightly") | fromYaml -}}
{{- range $key, $_ := .Values.sparkConf -}}
{{- if or (hasKey $own $key) (has $key (list "spark.driver.host" "spark.driver.bindAddress" "spark.kubernetes.driver.pod.name" "spark.kubernetes.namespace" "spark.kubernetes.executor.limit.cores")) -}}
{{- $wrong = append $wrong (printf "sparkConf: %s is set by the chart (or its entrypoint) itself; use the chart's value for it" $key) -}}
{{- end -}}
{{- end -}}
{{- toJson $wrong -}}
{{- end -}}

{{- define "lakehouse.wrongRest" -}}
{{- $wrong := list -}}
{{- $told := list -}}
{{- $given := include "lakehouse.settings" . | fromYaml | default dict -}}
{{- range $route := get $given "alerts" | default list -}}
{{- $told = append $told (kindIs "string" $route | ternary $route (get (kindIs "map" $route | ternary $route dict) "url_from")) -}}
{{- end -}}
{{- with get $given "heartbeat_url_from" -}}{{- $told = append $told . -}}{{- end -}}
{{- if and $told (not .Values.alerts.secrets) -}}
{{- $wrong = append $wrong (printf "settings: alerts and heartbeat_url_from name %s; expected alerts.secrets, where these come from" (join ", " $told)) -}}
{{- end -}}
{{- range $name := $told -}}
{{- if hasKey $.Values.env $name -}}
{{- $wrong = append $wrong (printf "env: %s holds a token; put it into a Secret and name that in alerts.secrets" $name) -}}
{{- end -}}
{{- end -}}
{{- range $name, $_ := .Values.env -}}
{{- if regexMatch "(?i)(password|secret|token|access_key)" $name -}}
{{- $wrong = append $wrong (printf "env: %s looks secret; put it into a Secret and name that in `secrets`" $name) -}}
{{- end -}}
{{- end -}}
{{- if and .Values.serviceAccount.roleArn .Values.secrets.aws -}}
{{- $wrong = append $wrong "serviceAccount.roleArn and secrets.aws: keys would win over the role; give one of them" -}}
{{- end -}}
{{- if and .Values.historyServer.enabled (not .Values.eventLog.dir) -}}
{{- $wrong = append $wrong "historyServer.enabled: expected eventLog.dir, where its logs come from" -}}
{{- end -}}
{{- $settings := include "lakehouse.settings" . | fromYaml | default dict -}}
{{- with .Values.eventLog.dir -}}
{{- $logs := include "lakehouse.place" . -}}
{{- $places := pick $settings "landing" "lake" "reports" -}}
{{- with dig "redshift" "temp" "" $settings -}}{{- $_ := set $places "redshift.temp" . -}}{{- end -}}
{{- range $name, $uri := $places -}}
{{- $place := include "lakehouse.place" $uri -}}
{{- if or (hasPrefix $place $logs) (hasPrefix $logs $place) -}}
{{- $wrong = append $wrong (printf "eventLog.dir: found '%s', and settings.%s is '%s'; expected a folder of its own: the history server removes old files from it" $.Values.eventLog.dir $name $uri) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- if and .Values.metrics.podMonitor (not .Values.metrics.enabled) -}}
{{- $wrong = append $wrong "metrics.podMonitor: expected metrics.enabled" -}}
{{- end -}}
{{- if and .Values.metrics.enabled .Values.networkPolicy.enabled (not .Values.networkPolicy.uiFrom) -}}
{{- $wrong = append $wrong "metrics.enabled: networkPolicy.uiFrom is empty, so Prometheus could not reach the driver; name it there" -}}
{{- end -}}
{{- toJson $wrong -}}
{{- end -}}

{{/* A place in S3 by which places are compared: without scheme, slashes at the end and case. */}}
{{- define "lakehouse.place" -}}
{{- printf "%s/" (regexReplaceAll "^s3[an]?://" (lower .) "" | trimSuffix "/") -}}
{{- end -}}
