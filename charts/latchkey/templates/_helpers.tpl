{{- define "latchkey.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 53 | trimSuffix "-" -}}
{{- else if contains .Chart.Name .Release.Name -}}
{{- .Release.Name | trunc 53 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name (default .Chart.Name .Values.nameOverride) | trunc 53 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{- define "latchkey.selectorLabels" -}}
app.kubernetes.io/name: {{ default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "latchkey.labels" -}}
{{ include "latchkey.selectorLabels" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-" }}
{{- end -}}

{{- define "latchkey.serviceAccountName" -}}
{{- if .Values.serviceAccount.create -}}
{{- default (include "latchkey.fullname" .) .Values.serviceAccount.name -}}
{{- else -}}
{{- default "default" .Values.serviceAccount.name -}}
{{- end -}}
{{- end -}}

{{- define "latchkey.image" -}}
{{- if .Values.image.digest -}}
{{- printf "%s@%s" .Values.image.repository .Values.image.digest -}}
{{- else -}}
{{- printf "%s:%s" .Values.image.repository (default .Chart.AppVersion .Values.image.tag) -}}
{{- end -}}
{{- end -}}

{{/* The Secret that the pods use. Wrong combinations of values end here, with what to do. */}}
{{- define "latchkey.secretName" -}}
{{- if and .Values.secret.existing .Values.secret.create -}}
{{- fail "secret.existing and secret.create exclude each other: keep one." -}}
{{- else if .Values.secret.existing -}}
{{- .Values.secret.existing -}}
{{- else if .Values.secret.create -}}
{{- include "latchkey.fullname" . -}}
{{- else -}}
{{- fail "Name a Secret in secret.existing, or set secret.create with secret.databaseUrl and secret.secretKey." -}}
{{- end -}}
{{- end -}}

{{/* The settings that name files of the Secret, as `NAME key`, one a line. */}}
{{- define "latchkey.secretFiles" -}}
{{- $names := dict "secretKey" "SECRET_KEY" "databaseUrl" "DATABASE_URL" "redisUrl" "REDIS_URL" "smtpUrl" "SMTP_URL" "metricsToken" "METRICS_TOKEN" -}}
{{- $files := dict "secretKey" "secret-key" "databaseUrl" "database-url" "redisUrl" "redis-url" "smtpUrl" "smtp-url" "metricsToken" "metrics-token" -}}
{{- range $value, $name := $names }}
{{- if $.Values.secret.create }}
{{- if or (get $.Values.secret $value) (and (eq $value "secretKey") $.Values.secret.generateSecretKey) }}
{{ $name }} {{ get $files $value }}
{{- end }}
{{- else if get $.Values.secret.keys $value }}
{{ $name }} {{ get $.Values.secret.keys $value }}
{{- end }}
{{- end }}
{{- end -}}

{{- define "latchkey.secretEnv" -}}
{{- range (include "latchkey.secretFiles" . | trim | splitList "\n") }}
{{- $pair := splitList " " . }}
- name: {{ first $pair }}_FILE
  value: {{ printf "/run/secrets/latchkey/%s" (last $pair) }}
{{- end }}
{{- end -}}

{{- define "latchkey.podSecurityContext" -}}
runAsNonRoot: true
runAsUser: 10001
runAsGroup: 10001
fsGroup: 10001
seccompProfile:
  type: RuntimeDefault
{{- end -}}

{{- define "latchkey.containerSecurityContext" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities:
  drop: [ALL]
{{- end -}}
