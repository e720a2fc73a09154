/// Reads a tar archive that comes in pieces of any size.
public struct TarReader {
    /// What comes next in an archive.
    public enum Event: Sendable, Hashable {
        /// A file begins.
        case file(name: String, bytes: Int)
        /// The next bytes of the file that began last.
        case bytes(ArraySlice<UInt8>)
        /// The archive is whole; what follows means nothing.
        case end
    }

    /// Why an archive cannot be read.
    public struct Fault: Error, Sendable, Hashable, CustomStringConvertible {
        /// Where, counted from the archive's start.
        public var byteOffset: Int
        /// What is wrong.
        public var reason: String

        /// `byte 512: no header of a file`
        public var description: String { "byte \(byteOffset): \(reason)" }
    }

    private var pending: ArraySlice<UInt8> = []
    private var offset = 0
    private var bytesLeft = 0
    private var paddingLeft = 0
    private var isAtEnd = false

    /// Creates a reader at the start of an archive.
    public init() {}

    /// Takes the next piece; ``next()`` then gives what is in it.
    public mutating func feed(_ bytes: some Sequence<UInt8>) {
        pending = ArraySlice(Array(pending) + bytes)
    }

    /// The next event; nil when more bytes are needed.
    public mutating func next() throws(Fault) -> Event? {
        if isAtEnd { return nil }
        if bytesLeft > 0 {
            let bytes = take(min(bytesLeft, pending.count))
            bytesLeft -= bytes.count
            return bytes.isEmpty ? nil : .bytes(bytes)
        }
        paddingLeft -= take(min(paddingLeft, pending.count)).count
        guard paddingLeft == 0, pending.count >= TarLayout.blockBytes else { return nil }
        let start = offset
        let header = Array(take(TarLayout.blockBytes))
        if header.allSatisfy({ $0 == 0 }) {
            isAtEnd = true
            return .end
        }
        guard let sum = TarReader.number(header[TarLayout.checksum]), sum == TarLayout.sum(of: header),
            let size = TarReader.number(header[TarLayout.size])
        else { throw Fault(byteOffset: start, reason: "no header of a file") }
        guard header[TarLayout.kind] == UInt8(ascii: "0") else {
            throw Fault(byteOffset: start, reason: "something that is no plain file")
        }
        bytesLeft = size
        paddingLeft = TarLayout.padding(after: size)
        let name = header.prefix(TarLayout.nameBytesMax).prefix { $0 != 0 }
        return .file(name: String(decoding: name, as: UTF8.self), bytes: size)
    }

    private mutating func take(_ count: Int) -> ArraySlice<UInt8> {
        let taken = pending.prefix(count)
        pending = pending.dropFirst(count)
        offset += count
        return taken
    }

    /// Octal digits up to a zero or space, or the number itself behind a set bit; nil when it is neither or too large.
    private static func number(_ field: ArraySlice<UInt8>) -> Int? {
        if field.first == 0x80 {
            guard field.dropFirst().dropLast(8).allSatisfy({ $0 == 0 }) else { return nil }
            return Int(exactly: field.suffix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) })
        }
        let digits = field.prefix { $0 != 0 && $0 != 0x20 }
        return Int(String(decoding: digits, as: UTF8.self), radix: 8).flatMap { $0 < 0 ? nil : $0 }
    }
}
