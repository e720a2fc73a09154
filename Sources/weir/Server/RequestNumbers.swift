internal import HTTPTypes
internal import Synchronization
internal import WeirSystem

/// Gives each request an identifier that is in its answer and in the log, so that a complaint can be looked up.
final class RequestNumbers: Sendable {
    private let prefix: String
    private let count = Atomic<UInt64>(0)

    /// Longer identifiers of clients are cut off nowhere: they are replaced.
    private static let bytesMax = 128

    init(random: any RandomSource = SystemRandomSource()) {
        prefix = String(random.next() >> 24, radix: 36) + "-"
    }

    /// The client's own identifier if it is plain text, else a new one.
    func identifier(from field: String?) -> String {
        if let field, !field.isEmpty, field.utf8.count <= Self.bytesMax,
            field.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f })
        {
            return field
        }
        return prefix + String(count.wrappingAdd(1, ordering: .relaxed).newValue, radix: 36)
    }
}

extension HTTPField.Name {
    /// `X-Request-ID`
    static let requestID = HTTPField.Name("X-Request-ID")!
}
