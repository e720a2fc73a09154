import Glibc

/// One line of JSON for a file of results: when, which code, which machine, what came out.
struct Report {
    let options: Options
    let measurements: [Measurement]

    /// Appends the line to a file; false when it cannot be written.
    func append(to path: String) -> Bool {
        guard let file = fopen(path, "a") else { return false }
        defer { fclose(file) }
        return fputs(line + "\n", file) >= 0
    }

    /// The line, without its end.
    var line: String {
        "{\"date\":\"\(date)\",\"commit\":\"\(options.commit)\",\"machine\":\"\(Machine.name())\","
            + "\"corpus\":\"\(options.corpus == nil ? "generated" : "made")\","
            + "\"results\":[\(measurements.map(\.json).joined(separator: ","))]}"
    }

    private var date: String {
        var now = time(nil)
        var parts = tm()
        gmtime_r(&now, &parts)
        var text = [CChar](repeating: 0, count: 32)
        let count = strftime(&text, text.count, "%Y-%m-%dT%H:%M:%SZ", &parts)
        return String(decoding: text[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
