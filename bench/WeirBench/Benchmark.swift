import Glibc

/// One thing to measure: a piece of work over known amounts of bytes and lines.
struct Benchmark {
    let name: String
    /// Bytes and lines that one call of `work` goes through; no lines where there are none.
    let bytes: Int
    let lines: Int
    let work: () throws -> Void

    /// Runs the work once to warm up, then five times for at least 0.2 seconds of CPU each, and takes the median.
    func measure() -> Measurement {
        var calls = 1
        var times: [Double] = []
        attempt()
        while times.count < 5 {
            let start = Benchmark.cpuSeconds()
            for _ in 0..<calls { attempt() }
            let seconds = Benchmark.cpuSeconds() - start
            if seconds < 0.2 && times.isEmpty {
                calls *= 2
            } else {
                times.append(seconds / Double(calls))
            }
        }
        return Measurement(name: name, bytes: bytes, lines: lines, seconds: times.sorted()[2])
    }

    private func attempt() {
        do { try work() } catch { fatalError("\(name): \(error)") }
    }

    /// CPU time of this process, all threads.
    private static func cpuSeconds() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}

/// What one benchmark took.
struct Measurement {
    let name: String
    let bytes: Int
    let lines: Int
    let seconds: Double

    var megabytesPerSecond: Double { Double(bytes) / seconds / 1e6 }
    var linesPerSecond: Double { Double(lines) / seconds }

    /// One row of the table.
    var row: String {
        let title = name.padded(to: 44)
        let rate = "\(Int(megabytesPerSecond))".padded(to: -8) + " MB/s"
        guard lines > 0 else { return title + rate }
        return title + rate + "\(Int(linesPerSecond / 1000))".padded(to: -9) + " k lines/s"
    }
}

extension String {
    /// The text with spaces behind it, or before it when `width` is negative.
    fileprivate func padded(to width: Int) -> String {
        let spaces = String(repeating: " ", count: max(0, abs(width) - count))
        return width < 0 ? spaces + self : self + spaces
    }
}
