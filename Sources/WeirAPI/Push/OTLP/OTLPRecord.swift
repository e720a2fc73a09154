/// What a log record says besides its attributes. Zero and empty mean that it does not say.
struct OTLPRecord {
    var nanoseconds: UInt64 = 0
    var observedNanoseconds: UInt64 = 0
    var severityNumber: Int32 = 0
    var severityText = 0..<0
    var body = OTLPValue.empty
    var droppedAttributeCount: UInt32 = 0
    var flags: UInt32 = 0
    /// The identifiers as lower-case hexadecimal digits.
    var traceID = 0..<0
    var spanID = 0..<0
}

/// What is known of the code that wrote records.
struct OTLPScope {
    var name = 0..<0
    var version = 0..<0
    var droppedAttributeCount: UInt32 = 0
}
