/// Cuts a stream of bytes into syslog messages: with octet counts (RFC 6587) or with ends of lines, as each message says.
public struct SyslogFraming: Sendable {
    private var pending: [UInt8] = []
    /// What is left of a message that is longer than allowed.
    private var skipping = Skip.nothing
    private let bytesMax: Int
    /// Messages of which only the start was taken.
    public private(set) var cut = 0

    private enum Skip: Sendable {
        case nothing
        case bytes(Int)
        case line
    }

    /// Creates a framing for messages of at most `bytesMax` bytes.
    public init(bytesMax: Int) {
        self.bytesMax = max(1, bytesMax)
    }

    /// Takes bytes and hands out the messages that are whole by now.
    ///
    /// - Throws: ``SyslogFramingError`` when what follows cannot be told apart; the connection is of no more use.
    public mutating func take(_ bytes: some Collection<UInt8>) throws(SyslogFramingError) -> [[UInt8]] {
        pending.append(contentsOf: bytes)
        var messages: [[UInt8]] = []
        var position = 0
        while let message = try next(&position) { if !message.isEmpty { messages.append(message) } }
        pending.removeFirst(position)
        return messages
    }

    /// What came without an end before the stream ended.
    public mutating func finish() -> [UInt8] {
        defer { pending = [] }
        if case .nothing = skipping, let first = pending.first, !SyslogFraming.isDigit(first) { return pending }
        return []
    }

    private mutating func next(_ position: inout Int) throws(SyslogFramingError) -> [UInt8]? {
        switch skipping {
        case .nothing: break
        case .bytes(let count):
            let step = min(count, pending.count - position)
            position += step
            skipping = step == count ? .nothing : .bytes(count - step)
            guard step == count else { return nil }
        case .line:
            guard let end = pending[position...].firstIndex(of: UInt8(ascii: "\n")) else {
                position = pending.count
                return nil
            }
            position = end + 1
            skipping = .nothing
        }
        guard position < pending.count else { return nil }
        return SyslogFraming.isDigit(pending[position]) ? try counted(&position) : terminated(&position)
    }

    private mutating func counted(_ position: inout Int) throws(SyslogFramingError) -> [UInt8]? {
        guard let space = pending[position...].prefix(11).firstIndex(of: UInt8(ascii: " ")) else {
            guard pending.count - position < 11, pending[position...].allSatisfy(SyslogFraming.isDigit) else {
                throw SyslogFramingError()
            }
            return nil
        }
        guard let length = Int(String(decoding: pending[position..<space], as: UTF8.self)), length > 0 else {
            throw SyslogFramingError()
        }
        let start = space + 1
        let taken = min(length, bytesMax)
        guard pending.count - start >= taken else { return nil }
        position = start + taken
        if taken < length {
            cut += 1
            skipping = .bytes(length - taken)
        }
        return SyslogFraming.trimmed(pending[start..<start + taken])
    }

    private mutating func terminated(_ position: inout Int) -> [UInt8]? {
        let start = position
        if let end = pending[start...].prefix(bytesMax + 1).firstIndex(where: { $0 == 0x0a || $0 == 0 }) {
            position = end + 1
            return SyslogFraming.trimmed(pending[start..<end])
        }
        guard pending.count - start > bytesMax else { return nil }
        cut += 1
        skipping = .line
        position = start + bytesMax
        return Array(pending[start..<start + bytesMax])
    }

    /// Some senders end a counted message with a newline as well.
    private static func trimmed(_ message: ArraySlice<UInt8>) -> [UInt8] {
        var message = message
        while let last = message.last, last == 0x0a || last == 0x0d || last == 0 { message.removeLast() }
        return Array(message)
    }

    private static func isDigit(_ byte: UInt8) -> Bool { byte >= 0x30 && byte <= 0x39 }
}

/// Bytes that are no syslog stream.
public struct SyslogFramingError: Error, Sendable, Hashable, CustomStringConvertible {
    /// `a message begins with a digit and not with its length`
    public var description: String { "a message begins with a digit and not with its length" }

    /// Creates an error.
    public init() {}
}
