/// The templates that exist without any file: users' files call and replace them by these names.
///
/// Their texts are those that people know from Alertmanager, blank lines included.
enum DefaultTemplates {
    /// The texts by a name for messages.
    static var files: [(name: String, text: String)] { [("shared", shared), ("kinds", kinds), ("email", email)] }

    private static let shared = #"""
        {{ define "__alertmanager" }}Alertmanager{{ end }}
        {{ define "__alertmanagerURL" }}{{ print .ExternalURL "/#/alerts?receiver=" (urlquery .Receiver) }}{{ end }}
        {{ define "__description" }}{{ end }}
        {{ define "__subject" -}}
        {{- $state := toUpper .Status -}}
        {{- if eq .Status "firing" }}{{ $state = printf "%s:%d" $state (len .Alerts.Firing) }}{{ end -}}
        {{- printf "[%s] %s " $state (join " " .GroupLabels.SortedPairs.Values) -}}
        {{- if gt (len .CommonLabels) (len .GroupLabels) -}}
        ({{ join " " (.CommonLabels.Remove .GroupLabels.Names).Values }})
        {{- end -}}
        {{- end }}
        {{ define "__pair_lines" }}{{ range . }}{{ printf " - %s = %s\n" .Name .Value }}{{ end }}{{ end }}
        {{ define "__text_alert_list" -}}
        {{- range . }}{{ print "Labels:\n" }}{{ template "__pair_lines" .Labels.SortedPairs }}
        {{- print "Annotations:\n" }}{{ template "__pair_lines" .Annotations.SortedPairs }}
        {{- printf "Source: %s\n" .GeneratorURL }}{{ end -}}
        {{- end }}
        {{ define "__notes" }}{{ join " " .CommonAnnotations.SortedPairs.Values }}{{ end }}
        {{ define "__tight_lists" }}{{ print "\n" }}
        {{- with .Alerts.Firing }}{{ print "Alerts Firing:\n" }}{{ template "__text_alert_list" . }}{{ end }}{{ print "\n" }}
        {{- with .Alerts.Resolved }}{{ print "Alerts Resolved:\n" }}{{ template "__text_alert_list" . }}{{ end }}
        {{- end }}
        {{ define "__wide_lists" }}{{ print "\n" }}
        {{- with .Alerts.Firing }}{{ print "\nAlerts Firing:\n" }}{{ template "__text_alert_list" . }}{{ print "\n" }}{{ end }}
        {{- print "\n" }}
        {{- with .Alerts.Resolved }}{{ print "\nAlerts Resolved:\n" }}{{ template "__text_alert_list" . }}{{ print "\n" }}{{ end }}
        {{- print "\n" }}
        {{- end }}
        """#

    private static let kinds = #"""
        {{ define "slack.default.title" }}{{ template "__subject" . }}{{ end }}
        {{ define "slack.default.titlelink" }}{{ template "__alertmanagerURL" . }}{{ end }}
        {{ define "slack.default.username" }}{{ template "__alertmanager" . }}{{ end }}
        {{ define "slack.default.fallback" -}}
        {{ template "slack.default.title" . }} | {{ template "slack.default.titlelink" . }}
        {{- end }}
        {{ define "slack.default.callbackid" }}{{ end }}
        {{ define "slack.default.pretext" }}{{ end }}
        {{ define "slack.default.text" }}{{ end }}
        {{ define "slack.default.footer" }}{{ end }}
        {{ define "slack.default.iconemoji" }}{{ end }}
        {{ define "slack.default.iconurl" }}{{ end }}
        {{ define "pagerduty.default.description" }}{{ template "__subject" . }}{{ end }}
        {{ define "pagerduty.default.client" }}{{ template "__alertmanager" . }}{{ end }}
        {{ define "pagerduty.default.clientURL" }}{{ template "__alertmanagerURL" . }}{{ end }}
        {{ define "pagerduty.default.instances" }}{{ template "__text_alert_list" . }}{{ end }}
        {{ define "opsgenie.default.message" }}{{ template "__subject" . }}{{ end }}
        {{ define "opsgenie.default.description" }}{{ template "__notes" . }}{{ template "__tight_lists" . }}{{ end }}
        {{ define "opsgenie.default.source" }}{{ template "__alertmanagerURL" . }}{{ end }}
        {{ define "victorops.default.state_message" }}{{ template "__notes" . }}{{ template "__tight_lists" . }}{{ end }}
        {{ define "victorops.default.entity_display_name" }}{{ template "__subject" . }}{{ end }}
        {{ define "victorops.default.monitoring_tool" }}{{ template "__alertmanager" . }}{{ end }}
        {{ define "pushover.default.title" }}{{ template "__subject" . }}{{ end }}
        {{ define "pushover.default.message" }}{{ template "__notes" . }}{{ template "__wide_lists" . }}{{ end }}
        {{ define "pushover.default.url" }}{{ template "__alertmanagerURL" . }}{{ end }}
        {{ define "sns.default.subject" }}{{ template "__subject" . }}{{ end }}
        {{ define "sns.default.message" }}{{ template "__notes" . }}{{ template "__wide_lists" . }}{{ end }}
        {{ define "webex.default.message" }}{{ template "__notes" . }}{{ template "__wide_lists" . }}{{ end }}
        {{ define "telegram.default.message" }}{{ template "__wide_lists" . }}{{ end }}
        {{ define "discord.default.title" }}{{ template "__subject" . }}{{ end }}
        {{ define "discord.default.message" }}{{ template "__wide_lists" . }}{{ end }}
        {{ define "discord.default.content" }}{{ end }}
        {{ define "msteams.default.summary" }}{{ template "__subject" . }}{{ end }}
        {{ define "msteams.default.title" }}{{ template "__subject" . }}{{ end }}
        {{ define "msteams.default.text" }}{{ range .Alerts -}}
        {{ printf "\n# %s\n\n## Labels\n" (toUpper .Status) }}{{ template "__markdown_pairs" .Labels.SortedPairs }}
        {{- printf "\n## Annotations\n" }}{{ template "__markdown_pairs" .Annotations.SortedPairs }}
        {{- printf "\n[Source](%s)\n" .GeneratorURL }}{{ end }}{{ end }}
        {{ define "__markdown_pairs" }}{{ range . }}{{ printf "* %s: %s\n" .Name .Value }}{{ end }}{{ end }}
        {{ define "msteamsv2.default.title" }}{{ template "__subject" . }}{{ end }}
        {{ define "msteamsv2.default.text" }}{{ template "msteams.default.text" . }}{{ end }}
        {{ define "mattermost.default.text" }}{{ template "__subject" . }}{{ end }}
        """#

    private static let email = #"""
        {{ define "email.default.subject" }}{{ template "__subject" . }}{{ end }}
        {{ define "__email_pairs" }}<table style="border-collapse: collapse">{{ range . -}}
        <tr><td style="padding: 2px 12px 2px 0; color: #57606a">{{ .Name }}</td><td>{{ .Value }}</td></tr>
        {{- end }}</table>{{ end }}
        {{ define "__email_alerts" }}{{ range . -}}
        <div style="border-left: 4px solid {{ if eq .Status "firing" }}#cf222e{{ else }}#1a7f37{{ end }}; padding: 4px 12px; margin: 12px 0">
        {{ template "__email_pairs" .Labels.SortedPairs }}
        {{ if .Annotations }}<p style="margin: 8px 0 2px"><b>Annotations</b></p>{{ template "__email_pairs" .Annotations.SortedPairs }}{{ end }}
        <p style="margin: 8px 0 2px">{{ if eq .Status "firing" }}since {{ date "2006-01-02 15:04:05 MST" .StartsAt }}
        {{- else }}ended {{ date "2006-01-02 15:04:05 MST" .EndsAt }}{{ end }}
        {{ if .GeneratorURL }}· <a href="{{ .GeneratorURL }}">Source</a>{{ end }}</p>
        </div>
        {{ end }}{{ end }}
        {{ define "email.default.html" }}<!DOCTYPE html>
        <html><head><meta charset="utf-8"><title>{{ template "__subject" . }}</title></head>
        <body style="font: 14px/1.5 -apple-system, 'Segoe UI', Roboto, Helvetica, Arial, sans-serif; color: #1f2328; margin: 24px">
        <p style="font-size: 17px"><b>{{ len .Alerts }} alert{{ if gt (len .Alerts) 1 }}s{{ end }}</b>
        {{ if .GroupLabels }}for {{ range .GroupLabels.SortedPairs }}{{ .Name }}={{ .Value }} {{ end }}{{ end }}</p>
        <p><a href="{{ template "__alertmanagerURL" . }}">View in {{ template "__alertmanager" . }}</a></p>
        {{ with .Alerts.Firing }}<h3>[{{ len . }}] Firing</h3>{{ template "__email_alerts" . }}{{ end }}
        {{ with .Alerts.Resolved }}<h3>[{{ len . }}] Resolved</h3>{{ template "__email_alerts" . }}{{ end }}
        <p style="color: #8c959f; font-size: 12px"><a href="{{ .ExternalURL }}">Sent by {{ template "__alertmanager" . }}</a></p>
        </body></html>
        {{ end }}
        """#
}
