internal import WeirBytes
internal import WeirSystem

/// The lines of a file or of standard input, read in large pieces.
final class LineInput {
    /// The number of the line handed out last, from 1.
    private(set) var number = 0

    private let path: String
    private let file: (any File)?
    private var offset = 0
    private var buffer: [UInt8] = []
    private var start = 0
    private var isAtEnd = false

    /// A line longer than this is refused, as it would be by every server.
    private static let lineBytesMax = 64 << 20
    private static let pieceBytes = 1 << 20

    /// Opens `path`; `-` is standard input.
    init(_ path: String) throws(FileError) {
        self.path = path
        file = path == "-" ? nil : try PosixFileSystem().open(path, .read)
    }

    /// Hands out the next line without its line feed.
    ///
    /// - Returns: false at the end, where nothing is handed out.
    func next(_ body: (UnsafeRawBufferPointer) throws(StartFailure) -> Void) throws -> Bool {
        while true {
            if let end = buffer.withUnsafeBytes({ ByteSearch.first(UInt8(ascii: "\n"), in: $0, from: start) }) {
                try hand(end - start, body)
                start += 1
                return true
            }
            guard !isAtEnd else {
                guard start < buffer.count else { return false }
                try hand(buffer.count - start, body)
                return true
            }
            try fill()
        }
    }

    private func hand(_ length: Int, _ body: (UnsafeRawBufferPointer) throws(StartFailure) -> Void) throws {
        number += 1
        try buffer.withUnsafeBytes { bytes in
            try body(UnsafeRawBufferPointer(rebasing: bytes[start..<start + length]))
        }
        start += length
    }

    private func fill() throws {
        buffer.removeFirst(start)
        start = 0
        guard buffer.count <= Self.lineBytesMax else {
            throw StartFailure("\(path):\(number + 1): the line is longer than \(Self.lineBytesMax >> 20) MiB")
        }
        let kept = buffer.count
        buffer.append(contentsOf: repeatElement(0, count: Self.pieceBytes))
        let read = try buffer.withUnsafeMutableBytes { bytes throws(FileError) in
            let free = UnsafeMutableRawBufferPointer(rebasing: bytes[kept...])
            return if let file { try file.read(into: free, at: offset) } else {
                try StandardStream.input.read(into: free)
            }
        }
        buffer.removeLast(Self.pieceBytes - read)
        offset += read
        isAtEnd = read == 0
    }
}
