/// One thing to measure: a piece of work over known amounts of bytes and lines.
struct Benchmark {
    let name: String
    /// Bytes and lines that one call of `work` goes through; no lines where there are none.
    let bytes: Int
    let lines: Int
    let work: () async throws -> Void

    /// Runs the work once to warm up, then five times for at least 0.2 seconds of CPU each, and takes the median.
    func measure() async throws -> Measurement {
        var calls = 1
        var times: [Double] = []
        try await work()
        while times.count < 5 {
            let start = Machine.cpuSeconds()
            for _ in 0..<calls { try await work() }
            let seconds = Machine.cpuSeconds() - start
            if seconds < 0.2 && times.isEmpty {
                calls *= 2
            } else {
                times.append(seconds / Double(calls))
            }
        }
        let seconds = times.sorted()[2]
        var figures: [Measurement.Figure] = [.megabytesPerCPUSecond(bytes: bytes, seconds)]
        if lines > 0 { figures += [.linesPerCPUSecond(lines, seconds), .nanosecondsPerLine(lines, seconds)] }
        return Measurement(name: name, figures: figures)
    }
}
