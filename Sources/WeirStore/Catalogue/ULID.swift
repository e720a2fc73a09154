/// Names for segment files: 48 bits of milliseconds and 80 random ones as 26 letters, so that names sort by time of
/// creation and two machines never choose the same.
struct ULID: Sendable, Hashable {
    let high: UInt64
    let low: UInt64

    private static let alphabet = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ".utf8)

    /// Takes a name that was chosen before.
    init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// Creates a name for something made at `instant`, nanoseconds since 1970 UTC.
    init(at instant: Int64) {
        let milliseconds = UInt64(max(0, instant) / 1_000_000) & 0xffff_ffff_ffff
        high = milliseconds << 16 | UInt64(UInt16.random(in: .min ... .max))
        low = UInt64.random(in: .min ... .max)
    }

    /// The 26 letters of Crockford's base 32.
    var text: String {
        var letters: [UInt8] = []
        for index in 0..<26 {
            // 130 bits in steps of five from the top; the two bits above 128 are zero.
            let shift = 125 - 5 * index
            let bits = shift >= 64 ? high >> UInt64(shift - 64) : high << UInt64(64 - shift) | low >> UInt64(shift)
            letters.append(ULID.alphabet[Int((shift == 0 ? low : bits) & 31)])
        }
        return String(decoding: letters, as: UTF8.self)
    }
}
