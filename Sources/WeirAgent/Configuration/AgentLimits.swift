/// Bounds of an agent. Each protects memory or the server; crossing one is counted under its own name, never silent.
public struct AgentLimits: Sendable, Hashable {
    /// The longest line in bytes; the rest of a longer one is cut off and counted under `line_too_long`.
    ///
    /// Larger would let one container without newlines fill the memory; smaller would cut real stack traces.
    public var lineBytesMax = 256 << 10
    /// The most bytes of lines between reading and acknowledgement, over all files; reading waits beyond it.
    ///
    /// Larger repeats more after a crash and takes more memory; smaller than two batches idles while one is sent.
    public var bufferBytesMax = 8 << 20
    /// The most files followed at once; further ones wait and are counted under `too_many_files`.
    public var filesMax = 10_000
    /// How often file sizes are looked at (`file_watch_config.min_poll_frequency`); events only hasten it.
    public var pollInterval: Duration = .milliseconds(250)
    /// How often patterns of paths are expanded anew (`target_config.sync_period`); events only hasten it.
    public var discoveryInterval: Duration = .seconds(10)
    /// How long a last line without a newline waits before it is sent as it is.
    public var partialLineTimeout: Duration = .seconds(5)
    /// Lines per second that may be read (`limits_config.readline_rate` when enabled); nil is no bound.
    public var linesPerSecondMax: Double?
    /// How many lines may come at once before that rate holds (`readline_burst`); nil is one second's worth.
    public var linesBurstMax: Int?
    /// Whether lines beyond the rate are dropped (`readline_rate_drop`); otherwise reading waits, and nothing is lost.
    public var dropsLinesBeyondRate = false

    /// Creates the defaults.
    public init() {}
}
