internal import LogQL
internal import WeirBytes
internal import WeirModel

/// What the limits are: for operators as YAML, for Grafana's Drilldown as JSON.
struct LimitEndpoints: Sendable {
    private let services: APIServices

    init(services: APIServices) {
        self.services = services
    }

    var endpoints: [Endpoint] {
        [
            Endpoint(["GET"], "/loki/api/v1/drilldown-limits") { _, _ in drilldown() },
            Endpoint(["GET"], "/config/tenant/v1/limits") { request, _ in
                yaml(limits(services.limits.limits(of: request.tenant)))
            },
            Endpoint(["GET"], "/runtime_config") { _, _ in yaml(services.limits.text) },
            Endpoint(["GET"], "/config") { _, _ in yaml(services.configurationText() + "limits_config:\n" + indented())
            },
        ]
    }

    private static func seconds(_ nanoseconds: Int64) -> String {
        DecimalText.text(Double(nanoseconds) / 1e9) + "s"
    }

    private static func megabytes(_ bytes: Int) -> String {
        DecimalText.text(Double(bytes) / 1_048_576)
    }

    private func yaml(_ text: String) -> APIResponse {
        APIResponse(status: 200, headers: [("Content-Type", "text/plain; charset=utf-8")], body: Array(text.utf8))
    }

    private func indented() -> String {
        limits(services.limits.defaults).split(separator: "\n").map { "  \($0)\n" }.joined()
    }

    /// The limits that are in force, by their names in `limits_config`.
    private func limits(_ limits: LimitTable.Limits) -> String {
        let push = limits.push
        let query = limits.query
        let names = push.serviceNameLabels.map(QuotedText.quote).joined(separator: ", ")
        return """
            reject_old_samples: \(push.rejectsOld)
            reject_old_samples_max_age: \(LimitEndpoints.seconds(push.ageNanosecondsMax))
            creation_grace_period: \(LimitEndpoints.seconds(push.graceNanoseconds))
            max_line_size: \(push.lineBytesMax)
            max_label_names_per_series: \(push.labelsMax)
            max_label_name_length: \(push.labelNameBytesMax)
            max_label_value_length: \(push.labelValueBytesMax)
            max_structured_metadata_size: \(push.metadataBytesMax)
            max_structured_metadata_entries_count: \(push.metadataPairsMax)
            discover_log_levels: \(push.discoversLevels)
            discover_service_name: [\(names)]
            ingestion_rate_mb: \(LimitEndpoints.megabytes(push.bytesPerSecond))
            ingestion_burst_size_mb: \(LimitEndpoints.megabytes(push.burstBytes))
            per_stream_rate_limit: \(push.streamBytesPerSecond)
            per_stream_rate_limit_burst: \(push.streamBurstBytes)
            max_global_streams_per_user: \(push.streamsMax)
            max_entries_limit_per_query: \(query.entriesMax)
            max_query_series: \(query.seriesMax)
            max_query_length: \(LimitEndpoints.seconds(query.lengthNanosecondsMax))
            query_timeout: \(LimitEndpoints.seconds(query.timeoutNanoseconds))

            """
    }

    private func drilldown() -> APIResponse {
        let push = services.pushLimits
        let query = services.queryLimits
        var json = JSONWriter(reservingCapacity: 512)
        json.raw(#"{"limits":{"discover_log_levels":"#)
        json.raw(push.discoversLevels ? "true" : "false")
        json.raw(#","discover_service_name":"#)
        json.texts(push.serviceNameLabels)
        json.raw(#","log_level_fields":"#)
        json.texts(LevelDetector.fieldNames.map(\.description))
        json.raw(#","max_entries_limit_per_query":"#)
        json.number(query.entriesMax)
        json.raw(#","max_query_series":"#)
        json.number(query.seriesMax)
        json.raw(#","max_query_length":"#)
        json.string(LimitEndpoints.seconds(query.lengthNanosecondsMax))
        json.raw(#","query_timeout":"#)
        json.string(LimitEndpoints.seconds(query.timeoutNanoseconds))
        json.raw(#","volume_enabled":true,"volume_max_series":1000},"pattern_ingester_enabled":"#)
        json.raw(services.findsPatterns ? "true" : "false")
        json.raw(#","version":"#)
        json.string(services.build.version)
        json.raw("}\n")
        return .json(json.bytes)
    }
}
