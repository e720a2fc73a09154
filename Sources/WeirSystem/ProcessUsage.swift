internal import Glibc

/// What this process takes of the machine, for its metrics.
public struct ProcessUsage: Sendable, Hashable {
    /// Processor time of all threads since the start, in nanoseconds.
    public var processorNanoseconds: Int64
    /// Bytes of memory that are in RAM.
    public var residentBytes: Int
    /// Open file descriptors.
    public var openFiles: Int
    /// Bytes of memory in RAM that belong to no file: heap and stacks.
    public var heapBytes: Int
    /// The most bytes that were in RAM at once.
    public var residentBytesMax: Int
    /// Threads.
    public var threads: Int

    /// Measures now; reads files of `/proc`. What cannot be read is 0.
    public init() {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        processorNanoseconds = Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
        let lines = Self.statusLines()
        func number(_ name: String) -> Int {
            guard let line = lines.first(where: { $0.hasPrefix(name + ":") }) else { return 0 }
            return Int(line.filter { $0.isNumber }) ?? 0
        }
        residentBytes = number("VmRSS") * 1024
        residentBytesMax = number("VmHWM") * 1024
        heapBytes = number("RssAnon") * 1024
        threads = number("Threads")
        openFiles = (try? PosixFileSystem().list("/proc/self/fd").count) ?? 0
    }

    /// Bytes in RAM that no file backs: heap and stacks. Quicker than a whole measurement.
    static func anonymousBytes() -> Int {
        let numbers = read("/proc/self/statm").split(separator: " ").map { Int($0) ?? 0 }
        return numbers.count > 2 ? (numbers[1] - numbers[2]) * Int(getpagesize()) : 0
    }

    private static func statusLines() -> [Substring] {
        read("/proc/self/status").split(separator: "\n")
    }

    /// A file of `/proc`, whose size says 0, so that it is read without asking for it.
    private static func read(_ path: String) -> String {
        guard let file = try? PosixFileSystem().open(path, .read) else { return "" }
        defer { file.close() }
        var buffer = [UInt8](repeating: 0, count: 8192)
        let count = (try? buffer.withUnsafeMutableBytes { try file.read(into: $0, at: 0) }) ?? 0
        return String(decoding: buffer.prefix(count), as: UTF8.self)
    }
}
