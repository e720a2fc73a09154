internal import WeirModel

/// Samples as bytes: of each the instant and the value, eight bytes each, little-endian. An hour of a series compresses
/// little and is rewritten every minute, so there is no coding to undo.
enum SampleBytes {
    private static let width = 16

    static func encode(_ samples: [Sample]) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(samples.count * width)
        for sample in samples {
            append(UInt64(bitPattern: sample.timestamp.nanoseconds), to: &bytes)
            append(sample.value.bitPattern, to: &bytes)
        }
        return bytes
    }

    /// Nil when the bytes are no whole number of samples, or these do not rise in time.
    static func decode(_ bytes: [UInt8]) -> [Sample]? {
        guard bytes.count % width == 0 else { return nil }
        var samples: [Sample] = []
        samples.reserveCapacity(bytes.count / width)
        for offset in stride(from: 0, to: bytes.count, by: width) {
            let sample = Sample(
                timestamp: Timestamp(nanoseconds: Int64(bitPattern: number(bytes, offset))),
                value: Double(bitPattern: number(bytes, offset + 8)))
            if let last = samples.last, last.timestamp >= sample.timestamp { return nil }
            samples.append(sample)
        }
        return samples
    }

    private static func append(_ number: UInt64, to bytes: inout [UInt8]) {
        for shift in stride(from: 0, to: 64, by: 8) { bytes.append(UInt8(truncatingIfNeeded: number >> shift)) }
    }

    private static func number(_ bytes: [UInt8], _ offset: Int) -> UInt64 {
        var number: UInt64 = 0
        for index in 0..<8 { number |= UInt64(bytes[offset + index]) << (8 * index) }
        return number
    }
}
