/// Who sends a push, and which of its pushes it is: what lets a store keep a push once that is sent again because its
/// answer was lost.
///
/// A sender numbers what it sends from 1 upwards and sends in that order, one push at a time. A number is never used for
/// other rows, so a sender that cannot be sure of that after a restart takes another name.
public struct PushOrigin: Sendable, Hashable, CustomStringConvertible {
    /// The request header that carries an origin.
    public static let headerName = "X-Weir-Sequence"

    /// The sender: a random number.
    public var sender: UInt128
    /// The number of the push.
    public var sequence: UInt64

    /// Creates an origin.
    public init(sender: UInt128, sequence: UInt64) {
        self.sender = sender
        self.sequence = sequence
    }

    /// Reads what ``description`` writes; nil when `text` is something else.
    public init?(_ text: String) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, parts[0].utf8.count == 32, let sender = UInt128(parts[0], radix: 16),
            let sequence = UInt64(parts[1]), sequence > 0
        else { return nil }
        self.init(sender: sender, sequence: sequence)
    }

    /// The sender in 32 hexadecimal digits, a colon, the number.
    public var description: String {
        senderText + ":\(sequence)"
    }

    /// The sender in 32 hexadecimal digits.
    public var senderText: String {
        let digits = String(sender, radix: 16)
        return String(repeating: "0", count: 32 - digits.utf8.count) + digits
    }
}
