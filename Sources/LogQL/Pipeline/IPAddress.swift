/// An address of version 4 or 6 as a number.
struct IPAddress: Hashable, Sendable {
    /// The bits; those of version 4 are the lowest 32.
    let value: UInt128
    /// Whether it is of version 4. An IPv4 address inside IPv6 (`::ffff:1.2.3.4`) is of version 6.
    let isVersion4: Bool

    /// The bits of an address of its version.
    var bitCount: Int { isVersion4 ? 32 : 128 }

    private init(value: UInt128, isVersion4: Bool) {
        self.value = value
        self.isVersion4 = isVersion4
    }

    /// Reads an address; nil when `text` is none as a whole.
    init?(_ text: some StringProtocol) {
        var copy = String(text)
        guard let address = copy.withUTF8({ IPAddress(UnsafeRawBufferPointer($0)) }) else { return nil }
        self = address
    }

    /// Reads an address; nil when the bytes are none as a whole.
    init?(_ bytes: UnsafeRawBufferPointer) {
        let address = bytes.contains(UInt8(ascii: ":")) ? IPAddress.version6(bytes) : IPAddress.version4(bytes)
        guard let address else { return nil }
        self = address
    }

    /// The lowest address that shares the first `length` bits.
    func lowest(prefix length: Int) -> IPAddress {
        IPAddress(value: value & ~hostMask(length), isVersion4: isVersion4)
    }

    /// The highest address that shares the first `length` bits.
    func highest(prefix length: Int) -> IPAddress {
        IPAddress(value: value | hostMask(length), isVersion4: isVersion4)
    }

    private func hostMask(_ length: Int) -> UInt128 {
        let bits = bitCount - length
        return bits == 128 ? .max : (1 << UInt128(bits)) - 1
    }

    /// Four numbers up to 255 without leading zeros.
    private static func version4(_ bytes: UnsafeRawBufferPointer) -> IPAddress? {
        guard (7...15).contains(bytes.count) else { return nil }
        var value: UInt128 = 0
        var part = 0
        var digitCount = 0
        var partCount = 1
        for byte in bytes {
            if byte == UInt8(ascii: ".") {
                guard digitCount > 0, partCount < 4 else { return nil }
                value = value << 8 | UInt128(part)
                (part, digitCount, partCount) = (0, 0, partCount + 1)
                continue
            }
            guard byte &- 0x30 < 10, digitCount == 0 || part > 0 else { return nil }
            part = part * 10 + Int(byte - 0x30)
            digitCount += 1
            guard part < 256 else { return nil }
        }
        guard partCount == 4, digitCount > 0 else { return nil }
        return IPAddress(value: value << 8 | UInt128(part), isVersion4: true)
    }

    /// Eight groups of 16 bits; `::` once for a run of zeros; the last 32 bits may be written as version 4.
    private static func version6(_ bytes: UnsafeRawBufferPointer) -> IPAddress? {
        let colon = UInt8(ascii: ":")
        guard (2...45).contains(bytes.count) else { return nil }
        var groups: [UInt16] = []
        var gap: Int?
        var position = 0
        if bytes[0] == colon {
            guard bytes[1] == colon else { return nil }
            gap = 0
            position = 2
        }
        while position < bytes.count {
            var end = position
            while end < bytes.count, bytes[end] != colon { end += 1 }
            let group = UnsafeRawBufferPointer(rebasing: bytes[position..<end])
            if end == bytes.count, group.contains(UInt8(ascii: ".")) {
                guard groups.count <= 6, let tail = version4(group) else { return nil }
                groups += [UInt16(truncatingIfNeeded: tail.value >> 16), UInt16(truncatingIfNeeded: tail.value)]
                break
            }
            guard groups.count < 8, let value = hexadecimal(group) else { return nil }
            groups.append(value)
            position = end
            guard position < bytes.count else { break }
            position += 1
            guard position < bytes.count else { return nil }
            if bytes[position] == colon {
                guard gap == nil else { return nil }
                gap = groups.count
                position += 1
            }
        }
        guard let gap else { return groups.count == 8 ? joined(groups) : nil }
        guard groups.count < 8 else { return nil }
        let zeros = [UInt16](repeating: 0, count: 8 - groups.count)
        return joined(Array(groups[..<gap]) + zeros + groups[gap...])
    }

    private static func joined(_ groups: [UInt16]) -> IPAddress {
        IPAddress(value: groups.reduce(0) { $0 << 16 | UInt128($1) }, isVersion4: false)
    }

    private static func hexadecimal(_ bytes: UnsafeRawBufferPointer) -> UInt16? {
        guard (1...4).contains(bytes.count) else { return nil }
        var value: UInt16 = 0
        for byte in bytes {
            switch byte {
            case 0x30...0x39: value = value << 4 | UInt16(byte - 0x30)
            case 0x61...0x66: value = value << 4 | UInt16(byte - 0x61 + 10)
            case 0x41...0x46: value = value << 4 | UInt16(byte - 0x41 + 10)
            default: return nil
            }
        }
        return value
    }
}
