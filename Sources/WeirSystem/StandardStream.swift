internal import Glibc

/// Standard input, output or error. Output is written in whole lines: each call is one `write` where the kernel takes
/// it, so that lines of two processes on one terminal do not mix.
public struct StandardStream: Sendable {
    /// Where a command's data may come from.
    public static let input = StandardStream(descriptor: 0, name: "standard input")
    /// Where answers go.
    public static let output = StandardStream(descriptor: 1, name: "standard output")
    /// Where diagnostics go.
    public static let error = StandardStream(descriptor: 2, name: "standard error")

    private let descriptor: Int32
    private let name: String

    private init(descriptor: Int32, name: String) {
        self.descriptor = descriptor
        self.name = name
    }

    /// Whether a person is reading, as opposed to a file or another program.
    public var isTerminal: Bool { isatty(descriptor) == 1 }

    /// Waits for bytes and reads some of them; 0 is the end.
    public func read(into buffer: UnsafeMutableRawBufferPointer) throws(FileError) -> Int {
        while true {
            let count = Glibc.read(descriptor, buffer.baseAddress, buffer.count)
            if count >= 0 { return count }
            guard errno == EINTR else { throw FileError(operation: "read from", path: name, code: errno) }
        }
    }

    /// Writes all bytes.
    ///
    /// - Throws: when the other end is gone (`weir query … | head`) or the disk is full.
    public func write(_ bytes: [UInt8]) throws(FileError) {
        var start = 0
        while start < bytes.count {
            let written = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress! + start, $0.count - start) }
            if written >= 0 {
                start += written
            } else if errno == EAGAIN {
                var wait = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                poll(&wait, 1, -1)
            } else if errno != EINTR {
                throw FileError(operation: "write to", path: name, code: errno)
            }
        }
    }

    /// Writes text and a line feed.
    public func writeLine(_ line: String) throws(FileError) {
        try write(Array(line.utf8) + [UInt8(ascii: "\n")])
    }
}
