internal import Glibc

/// What this process takes of the machine, for its metrics.
public struct ProcessUsage: Sendable, Hashable {
    /// Processor time of all threads since the start, in nanoseconds.
    public var processorNanoseconds: Int64
    /// Bytes of memory that are in RAM.
    public var residentBytes: Int
    /// Open file descriptors.
    public var openFiles: Int

    /// Measures now; reads three files of `/proc`. What cannot be read is 0.
    public init() {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        processorNanoseconds = Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
        residentBytes = Self.pages().resident * Int(getpagesize())
        openFiles = (try? PosixFileSystem().list("/proc/self/fd").count) ?? 0
    }

    /// Bytes in RAM that no file backs: heap and stacks.
    static func anonymousBytes() -> Int {
        let pages = pages()
        return (pages.resident - pages.shared) * Int(getpagesize())
    }

    /// The second and third number of `/proc/self/statm`. The file's size says 0, so it is read without asking for it.
    private static func pages() -> (resident: Int, shared: Int) {
        guard let file = try? PosixFileSystem().open("/proc/self/statm", .read) else { return (0, 0) }
        defer { file.close() }
        var buffer = [UInt8](repeating: 0, count: 128)
        let count = (try? buffer.withUnsafeMutableBytes { try file.read(into: $0, at: 0) }) ?? 0
        let numbers = String(decoding: buffer.prefix(count), as: UTF8.self).split(separator: " ").map { Int($0) ?? 0 }
        return numbers.count > 2 ? (numbers[1], numbers[2]) : (0, 0)
    }
}
