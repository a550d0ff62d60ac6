{{- define "mock-openai.name" -}}
{{- printf "%s" .Release.Name | trunc 40 | trimSuffix "-" -}}
{{- end -}}

{{- define "mock-openai.labels" -}}
{{ include "mock-openai.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- end -}}

{{- define "mock-openai.selector" -}}
app.kubernetes.io/name: mock-openai
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "mock-openai.image" -}}
{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}
{{- end -}}

{{- define "mock-openai.hasStore" -}}
{{- if or .Values.store.url .Values.store.existingSecret .Values.store.deploy -}}yes{{- end -}}
{{- end -}}

{{- define "mock-openai.hasToken" -}}
{{- if or .Values.admin.token .Values.admin.existingSecret -}}yes{{- end -}}
{{- end -}}

{{/* What a pod may do, and what it may not. */}}
{{- define "mock-openai.podSecurity" -}}
runAsNonRoot: true
runAsUser: 1000
runAsGroup: 1000
fsGroup: 1000
seccompProfile: { type: RuntimeDefault }
{{- end -}}

{{- define "mock-openai.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities: { drop: [ALL] }
{{- end -}}

{{/* Where the store is: a secret of the chart, or of the user. */}}
{{- define "mock-openai.storeVariable" -}}
- name: MOCK_OPENAI_STORE
  valueFrom:
    secretKeyRef:
      name: {{ .Values.store.existingSecret | default (printf "%s-store" (include "mock-openai.name" .)) }}
      key: url
{{- end -}}

{{- define "mock-openai.scenarioFlags" -}}
{{- with .Values.scenario }}
- --scenario={{ . }}
{{- end }}
{{- if not (kindIs "invalid" .Values.seed) }}
- --seed={{ int64 .Values.seed }}
{{- end }}
{{- end -}}
