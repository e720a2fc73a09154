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

    /// When the name was chosen, nanoseconds since 1970 UTC; nil when it is none.
    static func instant(of text: String) -> Int64? {
        guard text.utf8.count == 26 else { return nil }
        var milliseconds: Int64 = 0
        for letter in text.utf8.prefix(10) {
            guard let value = alphabet.firstIndex(of: letter) else { return nil }
            milliseconds = milliseconds << 5 | Int64(value)
        }
        return milliseconds < Int64.max / 1_000_000 ? milliseconds * 1_000_000 : nil
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
