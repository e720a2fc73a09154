internal import WeirModel
internal import WeirSystem

/// The process's own use of the machine, under the names that every Prometheus client library uses.
struct ProcessMetrics: Sendable {
    /// When the process started, nanoseconds since 1970 UTC.
    let start: Int64

    func families() -> [MetricFamily] {
        let usage = ProcessUsage()
        var build = MetricFamily("weir_build_info", "Which program this is; always 1.", .gauge)
        build.add(["version": Version.number], 1)
        return [
            build,
            MetricFamily(
                "process_start_time_seconds", "When the process started, since 1970.", .gauge,
                value: Double(start) / 1e9),
            MetricFamily(
                "process_cpu_seconds_total", "Processor time of all threads.", .counter,
                value: Double(usage.processorNanoseconds) / 1e9),
            MetricFamily(
                "process_resident_memory_bytes", "Bytes of memory in RAM.", .gauge, value: Double(usage.residentBytes)),
            MetricFamily(
                "process_resident_memory_max_bytes", "The most bytes that were in RAM at once.", .gauge,
                value: Double(usage.residentBytesMax)),
            MetricFamily(
                "process_heap_bytes", "Bytes of memory in RAM that belong to no file.", .gauge,
                value: Double(usage.heapBytes)),
            MetricFamily("process_threads", "Threads.", .gauge, value: Double(usage.threads)),
            MetricFamily("process_open_fds", "Open file descriptors.", .gauge, value: Double(usage.openFiles)),
        ]
    }
}
