internal import WeirAlerts

/// `global`: what receivers use unless they say otherwise.
struct AlertmanagerDefaults {
    var resolveTimeout = Duration.seconds(300)
    var http = HTTPOptions()
    var slackURL: Secret?
    var mattermostURL: Secret?
    var pagerDutyURL: String?
    var opsgenieURL: String?
    var opsgenieKey: Secret?
    var telegramURL = "https://api.telegram.org"
    var telegramToken: Secret?
    var mailFrom: String?
    var smarthost: String?
    var mail = MailServer(host: "", port: 25)

    mutating func apply(_ map: YAMLMap, _ reader: AlertmanagerReader) {
        if let duration = map.value("resolve_timeout")?.duration { resolveTimeout = duration }
        http = HTTPOptionsReader.options(map, "http_config", base: http, reader)
        slackURL = reader.secret(map, "slack_api_url")
        mattermostURL = reader.secret(map, "mattermost_webhook_url")
        pagerDutyURL = map.value("pagerduty_url").flatMap { reader.text($0) }
        opsgenieURL = map.value("opsgenie_api_url").flatMap { reader.text($0) }
        opsgenieKey = reader.secret(map, "opsgenie_api_key")
        if let url = map.value("telegram_api_url").flatMap({ reader.text($0) }) { telegramURL = url }
        telegramToken = reader.secret(map, "telegram_bot_token")
        mailFrom = map.value("smtp_from").flatMap { reader.text($0) }
        smarthost = map.value("smtp_smarthost").flatMap { reader.text($0) }
        Self.applyMail(map, prefix: "smtp_", reader, to: &mail)
        let unsupported = "has no effect: this kind of receiver is not supported"
        map.ignore(
            ["victorops_*", "wechat_*", "webex_*", "jira_*", "rocketchat_*", "slack_app_*", "sns_*", "incidentio_*"]
                .map { IgnoredKey($0, unsupported) })
    }

    /// The keys of `global` with `smtp_` in front, and those of a receiver without.
    static func applyMail(
        _ map: YAMLMap, prefix: String, _ reader: AlertmanagerReader, to server: inout MailServer
    ) {
        if let name = map.value(prefix + "hello").flatMap({ reader.text($0) }) { server.hello = name }
        if let name = map.value(prefix + "auth_username").flatMap({ reader.text($0) }) { server.user = name }
        if let name = map.value(prefix + "auth_identity").flatMap({ reader.text($0) }) { server.identity = name }
        if let secret = reader.secret(map, prefix + "auth_password") { server.password = secret }
        if let secret = reader.secret(map, prefix + "auth_secret") { server.sharedSecret = secret }
        if let isRequired = map.value(prefix + "require_tls")?.flag { server.requiresTLS = isRequired }
        if let isImplicit = map.value(prefix + "force_implicit_tls")?.flag { server.usesImplicitTLS = isImplicit }
        if let section = map.value(prefix + "tls_config")?.map {
            HTTPOptionsReader.applyTLS(section, to: &server.tls, reader)
            section.finish()
        }
    }
}
