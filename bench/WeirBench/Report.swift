import Glibc

/// One line of JSON for a file of results: when, which code, which machine, what came out.
struct Report {
    let commit: String
    let measurements: [Measurement]

    /// Appends the line to a file; false when it cannot be written.
    func append(to path: String) -> Bool {
        guard let file = fopen(path, "a") else { return false }
        defer { fclose(file) }
        return fputs(line + "\n", file) >= 0
    }

    private var line: String {
        let parts = measurements.map {
            "{\"name\":\"\($0.name)\",\"mb_per_cpu_second\":\(Int($0.megabytesPerSecond)),"
                + "\"lines_per_cpu_second\":\(Int($0.linesPerSecond))}"
        }
        return "{\"date\":\"\(date)\",\"commit\":\"\(commit)\",\"machine\":\"\(machine)\","
            + "\"results\":[\(parts.joined(separator: ","))]}"
    }

    private var date: String {
        var now = time(nil)
        var parts = tm()
        gmtime_r(&now, &parts)
        var text = [CChar](repeating: 0, count: 32)
        let count = strftime(&text, text.count, "%Y-%m-%dT%H:%M:%SZ", &parts)
        return String(decoding: text[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// The CPU's name.
    private var machine: String {
        guard let file = fopen("/proc/cpuinfo", "r") else { return "unknown" }
        defer { fclose(file) }
        var buffer = [UInt8](repeating: 0, count: 4096)
        let count = fread(&buffer, 1, buffer.count, file)
        let text = String(decoding: buffer[..<count], as: UTF8.self)
        let model = text.split(separator: "\n").first { $0.hasPrefix("model name") }
        return model?.split(separator: ":").last.map { String($0.drop { $0 == " " }) } ?? "unknown"
    }
}
