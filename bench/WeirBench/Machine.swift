import Glibc

/// What the machine and its kernel say about this process.
enum Machine {
    /// CPU seconds of this process, all threads.
    static func cpuSeconds() -> Double { seconds(of: CLOCK_PROCESS_CPUTIME_ID) }

    /// Seconds that pass for everyone.
    static func wallSeconds() -> Double { seconds(of: CLOCK_MONOTONIC) }

    private static func seconds(of clock: clockid_t) -> Double {
        var time = timespec()
        clock_gettime(clock, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    /// Lets the peak of memory begin anew (see proc(5), `clear_refs`); where the kernel refuses, the peak stays that of
    /// the whole run.
    static func resetPeakMemory() {
        guard let file = fopen("/proc/self/clear_refs", "w") else { return }
        fputs("5", file)
        fclose(file)
    }

    /// The most bytes that were in RAM at once since ``resetPeakMemory()``: `VmHWM`.
    static func peakMemoryBytes() -> Int {
        let value = field("VmHWM", of: "/proc/self/status").split(separator: " ").first
        return (value.flatMap { Int($0) } ?? 0) * 1024
    }

    /// The CPU's name.
    static func name() -> String {
        let name = field("model name", of: "/proc/cpuinfo")
        return name.isEmpty ? "unknown" : name
    }

    /// The value behind the first `name:` in one of the kernel's files; empty when there is none.
    private static func field(_ name: String, of path: String) -> String {
        guard let file = fopen(path, "r") else { return "" }
        defer { fclose(file) }
        var buffer = [UInt8](repeating: 0, count: 4096)
        let count = fread(&buffer, 1, buffer.count, file)
        let lines = String(decoding: buffer[..<count], as: UTF8.self).split(separator: "\n")
        guard let line = lines.first(where: { $0.hasPrefix(name) }), let colon = line.firstIndex(of: ":") else {
            return ""
        }
        return String(line[line.index(after: colon)...].drop { $0 == " " || $0 == "\t" })
    }
}
