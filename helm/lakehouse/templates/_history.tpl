{{/* It makes no session of the application's, so what S3 needs is said here, from the same settings. */}}
{{- define "lakehouse.historyDefaults" -}}
{{- $s3 := dig "s3" (dict) (include "lakehouse.settings" . | fromYaml) -}}
spark.history.fs.logDirectory {{ .Values.eventLog.dir }}
spark.history.ui.port 18080
spark.history.fs.cleaner.enabled true
spark.history.fs.cleaner.maxAge {{ int64 .Values.historyServer.keepDays }}d
spark.hadoop.fs.s3a.aws.credentials.provider com.amazonaws.auth.DefaultAWSCredentialsProviderChain
{{- with $s3.endpoint }}
spark.hadoop.fs.s3a.endpoint {{ . }}
spark.hadoop.fs.s3a.connection.ssl.enabled {{ hasPrefix "https" . }}
{{- end }}
{{- with $s3.region }}
spark.hadoop.fs.s3a.endpoint.region {{ . }}
{{- end }}
{{- if $s3.path_style }}
spark.hadoop.fs.s3a.path.style.access true
{{- end }}
{{- end -}}
