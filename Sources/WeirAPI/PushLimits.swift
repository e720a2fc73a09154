/// What a push may hold, by Loki's names in `limits_config`.
public struct PushLimits: Sendable {
    /// `max_line_size`: the longest line in bytes; 0 is no limit.
    public var lineBytesMax = 256 << 10
    /// `max_label_names_per_series`: the most labels of a stream.
    public var labelsMax = 15
    /// `max_label_name_length`, in bytes.
    public var labelNameBytesMax = 1024
    /// `max_label_value_length`, in bytes.
    public var labelValueBytesMax = 2048
    /// `max_structured_metadata_size`: names and values of one entry, in bytes.
    public var metadataBytesMax = 64 << 10
    /// `max_structured_metadata_entries_count`: pairs of one entry.
    public var metadataPairsMax = 128
    /// `reject_old_samples`: whether entries older than `ageNanosecondsMax` are refused.
    public var rejectsOld = true
    /// `reject_old_samples_max_age`, in nanoseconds.
    public var ageNanosecondsMax: Int64 = 168 * 3600 * 1_000_000_000
    /// `creation_grace_period`: how far ahead of the clock an entry may be, in nanoseconds.
    public var graceNanoseconds: Int64 = 600 * 1_000_000_000
    /// The largest body after decompression; a larger one is refused before it is held in memory.
    public var bodyBytesMax = 100 << 20
    /// `discover_service_name`: the labels that may name the service, first present wins; empty turns it off.
    public var serviceNameLabels = PushLimits.serviceNameLabelsDefault
    /// `discover_log_levels`: whether `detected_level` is added to structured metadata.
    public var discoversLevels = true

    /// `otlp_config`.
    public var otlp = OTLPRules()
    /// `ingestion_rate_mb`, in bytes of lines a second and tenant; 0 is no limit, and what nobody configured.
    public var bytesPerSecond = 0
    /// `ingestion_burst_size_mb`, in bytes.
    public var burstBytes = 6 << 20
    /// `per_stream_rate_limit`, in bytes a second; 0 is no limit.
    public var streamBytesPerSecond = 0
    /// `per_stream_rate_limit_burst`, in bytes.
    public var streamBurstBytes = 15 << 20
    /// `max_global_streams_per_user`: streams of a tenant that were pushed to in the last hour or two; 0 is no limit.
    public var streamsMax = 0

    /// Whether anything has to be remembered from push to push.
    var hasQuota: Bool { bytesPerSecond > 0 || streamBytesPerSecond > 0 || streamsMax > 0 }

    /// Loki's list of labels that may name the service.
    public static let serviceNameLabelsDefault = [
        "service", "app", "application", "app_name", "name", "app_kubernetes_io_name", "container", "container_name",
        "k8s_container_name", "component", "workload", "job", "k8s_job_name",
    ]

    /// Creates Loki's defaults.
    public init() {}
}
