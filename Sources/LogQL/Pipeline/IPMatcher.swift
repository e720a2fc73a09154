/// The condition of `ip("…")`: an address, a network or a range of addresses, of version 4 or 6.
struct IPMatcher: Sendable {
    private let first: IPAddress
    private let last: IPAddress

    /// Reads `192.168.0.1`, `10.0.0.0/8`, `2001:db8::/32` or `10.0.0.1-10.0.0.9`.
    init(_ text: String) throws(StageError) {
        let invalid = StageError("ip: invalid pattern: \"\(text)\"")
        if let address = IPAddress(text) {
            (first, last) = (address, address)
            return
        }
        if let slash = text.firstIndex(of: "/") {
            guard let address = IPAddress(text[..<slash]),
                let length = IPMatcher.prefixLength(text[text.index(after: slash)...]), length <= address.bitCount
            else { throw invalid }
            (first, last) = (address.lowest(prefix: length), address.highest(prefix: length))
            return
        }
        guard let dash = text.firstIndex(of: "-"), let low = IPAddress(text[..<dash]),
            let high = IPAddress(text[text.index(after: dash)...]), low.isVersion4 == high.isVersion4,
            low.value <= high.value
        else { throw invalid }
        (first, last) = (low, high)
    }

    private static func prefixLength(_ text: Substring) -> Int? {
        guard text.count <= 3, text == "0" || text.first != "0", text.allSatisfy({ $0.isASCII && $0.isNumber }) else {
            return nil
        }
        return Int(text)
    }

    /// Whether the address fulfils the condition.
    func contains(_ address: IPAddress) -> Bool {
        address.isVersion4 == first.isVersion4 && first.value <= address.value && address.value <= last.value
    }

    /// Whether any address that stands in `bytes` fulfils the condition.
    ///
    /// An address is the longest run of digits and points, or of hexadecimal digits, colons and points, from a place
    /// that looks like the start of one; a run that is no address as a whole is passed over.
    func isFound(in bytes: UnsafeRawBufferPointer) -> Bool {
        var position = 0
        while position < bytes.count {
            let isVersion4 = IPMatcher.startsVersion4(bytes, position)
            guard isVersion4 || IPMatcher.startsVersion6(bytes, position) else {
                position += 1
                continue
            }
            var end = position
            while end < bytes.count, IPMatcher.belongs(bytes[end], toVersion4: isVersion4) { end += 1 }
            let run = UnsafeRawBufferPointer(rebasing: bytes[position..<end])
            if let address = IPAddress(run), contains(address) { return true }
            position = end + 1
        }
        return false
    }

    private static func startsVersion4(_ bytes: UnsafeRawBufferPointer, _ position: Int) -> Bool {
        guard position + 3 < bytes.count, isDigit(bytes[position]) else { return false }
        let point = UInt8(ascii: ".")
        return bytes[position + 1] == point || bytes[position + 2] == point || bytes[position + 3] == point
    }

    /// Up to four hexadecimal digits and a colon, or two colons.
    private static func startsVersion6(_ bytes: UnsafeRawBufferPointer, _ position: Int) -> Bool {
        let colon = UInt8(ascii: ":")
        if bytes[position] == colon { return position + 1 < bytes.count && bytes[position + 1] == colon }
        for distance in 0..<5 where position + distance < bytes.count {
            let byte = bytes[position + distance]
            if byte == colon { return true }
            guard isHexadecimal(byte) else { return false }
        }
        return false
    }

    private static func belongs(_ byte: UInt8, toVersion4 isVersion4: Bool) -> Bool {
        if byte == UInt8(ascii: ".") { return true }
        return isVersion4 ? isDigit(byte) : byte == UInt8(ascii: ":") || isHexadecimal(byte)
    }

    private static func isDigit(_ byte: UInt8) -> Bool { byte &- 0x30 < 10 }

    private static func isHexadecimal(_ byte: UInt8) -> Bool { isDigit(byte) || (byte | 0x20) &- 0x61 < 6 }
}
