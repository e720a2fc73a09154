/// A value of OpenTelemetry's log model. Texts and bytes are ranges of an ``OTLPArena``, so that the usual value, a text,
/// costs no allocation.
enum OTLPValue {
    case empty
    case text(Range<Int>)
    case boolean(Bool)
    case integer(Int64)
    case double(Double)
    case bytes(Range<Int>)
    case list([OTLPValue])
    case map([OTLPAttribute])

    /// How many lists and maps may lie inside each other; readers refuse more.
    static let depthMax = 32
}

/// A key with its value.
struct OTLPAttribute {
    var key = 0..<0
    var value = OTLPValue.empty
}
