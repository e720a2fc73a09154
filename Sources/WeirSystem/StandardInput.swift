internal import Glibc

/// Standard input, read as a whole by commands that take a text.
public enum StandardInput {
    /// Everything up to the end, at most `bytesMax`.
    ///
    /// - Throws: when it cannot be read, or holds more.
    public static func contents(bytesMax: Int) throws(FileError) -> [UInt8] {
        var contents: [UInt8] = []
        var room = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            let count = room.withUnsafeMutableBytes { Glibc.read(0, $0.baseAddress, $0.count) }
            if count < 0 {
                if errno == EINTR { continue }
                throw FileError(operation: "read", path: "standard input", code: errno)
            }
            if count == 0 { return contents }
            contents += room[..<count]
            guard contents.count <= bytesMax else {
                throw FileError(operation: "read", path: "standard input", code: EFBIG)
            }
        }
    }
}
