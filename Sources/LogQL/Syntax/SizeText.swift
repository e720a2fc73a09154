/// Sizes in bytes as text: `1.5GB`, `10 MiB`, `600`.
enum SizeText {
    private static let letters: [Character] = ["k", "m", "g", "t", "p", "e"]

    /// Reads a size in the notation of Go's humanize package: a number, blanks, a unit in any case.
    ///
    /// `kB` is 1000 and `KiB` 1024; a lone letter is decimal. Fractions of a byte are cut.
    static func parse(_ text: String) -> UInt64? {
        let digits = text.prefix { $0.isASCII && ($0.isNumber || $0 == "." || $0 == ",") }
        let unit = text.dropFirst(digits.count).lowercased().filter { !$0.isWhitespace }
        guard let value = Double(digits.filter { $0 != "," }), let factor = factor(unit) else { return nil }
        let size = value * factor
        return size < 0x1p64 ? UInt64(size) : nil
    }

    private static func factor(_ unit: String) -> Double? {
        if unit.isEmpty || unit == "b" { return 1 }
        guard let power = letters.firstIndex(of: unit.first!) else { return nil }
        let factor: Double
        switch unit.dropFirst() {
        case "", "b": factor = 1000
        case "i", "ib": factor = 1024
        default: return nil
        }
        return (0...power).reduce(1) { product, _ in product * factor }
    }

    /// Writes a size as Loki does, `5.2MB`, if that reads as the same size again, and exactly otherwise.
    ///
    /// Loki rounds always, so its canonical text of `5MiB` asks for something else than the query did.
    static func text(_ size: UInt64) -> String {
        let rounded = roundedText(size)
        if parse(rounded) == size { return rounded }
        for (power, letter) in [(40, "T"), (30, "G"), (20, "M"), (10, "K")] as [(UInt64, String)]
        where size % (1 << power) == 0 {
            return "\(size >> power)\(letter)iB"
        }
        return "\(size)B"
    }

    /// The size that Loki compares with when a query says `size`: the one that its own short text of it stands for.
    static func rounded(_ size: UInt64) -> UInt64 {
        parse(roundedText(size)) ?? size
    }

    private static func roundedText(_ size: UInt64) -> String {
        guard size >= 10 else { return "\(size)B" }
        var value = Double(size)
        var power = -1
        while value >= 1000, power < 3 {
            value /= 1000
            power += 1
        }
        let tenths = (value * 10 + 0.5).rounded(.down)
        let unit = power < 0 ? "B" : (power == 0 ? "kB" : letters[power].uppercased() + "B")
        return tenths >= 100
            ? "\(UInt64((tenths / 10).rounded(.toNearestOrEven)))\(unit)"
            : "\(UInt64(tenths) / 10).\(UInt64(tenths) % 10)\(unit)"
    }
}
