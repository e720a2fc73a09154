/// Lines that a container runtime cut in pieces, held until their ends come: one per output stream.
///
/// A held line keeps the position of its first piece, and until it is handed on no saved offset may pass that.
struct PartialJoiner {
    /// Which output of a container a record belongs to; pieces of different outputs may stand between each other.
    enum Output: Int, Sendable {
        case stdout, stderr, other

        init(_ name: UnsafeRawBufferPointer) {
            switch name.count {
            case 6 where name.last == UInt8(ascii: "t"): self = .stdout
            case 6 where name.last == UInt8(ascii: "r"): self = .stderr
            default: self = .other
            }
        }
    }

    /// The start of a line whose end has not come.
    struct Held {
        /// The pieces' text one behind the other, as it was in the records.
        var text: [UInt8]
        /// Where the first piece's record starts.
        var start: FilePoint
        /// The time that the pieces carry.
        var timestamp: Int64
        /// When the last piece was read, in nanoseconds.
        var lastRead: Int64
        /// Whether further text was thrown away because of the limit.
        var isCut = false
    }

    private var held: [Held?] = [nil, nil, nil]
    /// Whether nothing is held, the usual case.
    private(set) var isEmpty = true

    /// Adds a piece; text beyond `limit` bytes is thrown away.
    mutating func add(
        _ text: UnsafeRawBufferPointer, to output: Output, at start: FilePoint, timestamp: Int64, now: Int64, limit: Int
    ) {
        var entry =
            held[output.rawValue] ?? Held(text: [], start: start, timestamp: timestamp, lastRead: now)
        let room = max(0, limit - entry.text.count)
        entry.text.append(contentsOf: text.prefix(room))
        entry.isCut = entry.isCut || text.count > room
        entry.lastRead = now
        held[output.rawValue] = entry
        isEmpty = false
    }

    /// Takes out what is held of an output.
    mutating func take(_ output: Output) -> Held? {
        guard !isEmpty, let entry = held[output.rawValue] else { return nil }
        held[output.rawValue] = nil
        isEmpty = held.allSatisfy { $0 == nil }
        return entry
    }

    /// The outputs whose last piece was read before `instant`.
    func outputs(lastReadBefore instant: Int64) -> [Output] {
        guard !isEmpty else { return [] }
        return held.indices.compactMap { index in
            guard let entry = held[index], entry.lastRead < instant else { return nil }
            return Output(rawValue: index)
        }
    }

    /// The earliest point that is still needed; nil when nothing is held.
    var earliest: FilePoint? {
        isEmpty ? nil : held.compactMap { $0?.start }.min()
    }
}

/// A place in the files of one path: which of them, in order of their following, and the byte.
package struct FilePoint: Hashable, Comparable, Sendable {
    /// The file's key: later files of a path have larger ones.
    package var file: FileKey
    /// The byte in it.
    package var offset: Int

    /// Creates a point.
    package init(file: FileKey, offset: Int) {
        self.file = file
        self.offset = offset
    }

    /// Orders by file, then by byte.
    package static func < (left: FilePoint, right: FilePoint) -> Bool {
        left.file != right.file ? left.file < right.file : left.offset < right.offset
    }
}

/// A number that one agent gives each file it follows; a file that is truncated gets a new one.
package struct FileKey: Hashable, Comparable, Sendable {
    /// The number.
    package let number: Int

    /// Creates a key.
    package init(_ number: Int) {
        self.number = number
    }

    /// Orders by age.
    package static func < (left: FileKey, right: FileKey) -> Bool { left.number < right.number }
}
