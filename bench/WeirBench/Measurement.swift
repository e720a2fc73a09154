/// What one benchmark found out: figures with names, in the order in which they are shown.
struct Measurement {
    /// One figure.
    struct Figure {
        /// The name in results: `mb_per_cpu_second`.
        let key: String
        /// The unit in the table: `MB/cpu-s`.
        let unit: String
        let value: Double

        static func megabytesPerCPUSecond(bytes: Int, _ seconds: Double) -> Figure {
            Figure(key: "mb_per_cpu_second", unit: "MB/cpu-s", value: Double(bytes) / 1e6 / seconds)
        }

        static func linesPerCPUSecond(_ lines: Int, _ seconds: Double) -> Figure {
            Figure(key: "lines_per_cpu_second", unit: "lines/cpu-s", value: Double(lines) / seconds)
        }

        static func nanosecondsPerLine(_ lines: Int, _ seconds: Double) -> Figure {
            Figure(key: "ns_per_line", unit: "ns/line", value: seconds * 1e9 / Double(lines))
        }

        static func milliseconds(_ seconds: Double) -> Figure {
            Figure(key: "ms", unit: "ms", value: seconds * 1000)
        }

        static func cpuMilliseconds(_ seconds: Double) -> Figure {
            Figure(key: "cpu_ms", unit: "cpu-ms", value: seconds * 1000)
        }

        static func megabytes(_ key: String, _ unit: String, bytes: Int) -> Figure {
            Figure(key: key, unit: unit, value: Double(bytes) / 1e6)
        }

        /// Tenths where the whole number would say little.
        var text: String {
            guard value.isFinite, abs(value) < 1e15 else { return "0" }
            let tenths = Int((value * 10).rounded())
            return abs(value) < 100 ? "\(tenths / 10).\(tenths % 10)" : "\(Int(value.rounded()))"
        }
    }

    let name: String
    let figures: [Figure]

    /// One row of the table.
    var row: String {
        figures.reduce(name.padded(to: 44)) { $0 + $1.text.padded(to: -9) + " " + $1.unit.padded(to: 12) }
    }

    /// One object of JSON; names hold nothing that must be escaped.
    var json: String {
        "{\"name\":\"\(name)\"" + figures.map { ",\"\($0.key)\":\($0.text)" }.joined() + "}"
    }
}

extension String {
    /// The text with spaces behind it, or before it when `width` is negative.
    fileprivate func padded(to width: Int) -> String {
        let spaces = String(repeating: " ", count: max(0, abs(width) - count))
        return width < 0 ? spaces + self : self + spaces
    }
}
