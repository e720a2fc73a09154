/// Label names made of attribute keys: `http.method` becomes `http_method`, `9lives` becomes `key_9lives` and `_hidden`
/// becomes `key_hidden`, as Prometheus' translator makes them.
struct OTLPNames {
    /// Keys that had to be changed, with their names. Records of one source repeat their keys in one order.
    private var known: [(key: Range<Int>, name: Range<Int>)] = []
    private var next = 0

    /// More different keys than this are written out each time.
    private static let knownMax = 64

    /// The name for a key.
    mutating func name(of key: Range<Int>, in arena: inout OTLPArena) throws -> Range<Int> {
        if arena.withBytes(key, OTLPNames.isName) { return key }
        if let found = place(of: key, in: arena) {
            next = found + 1
            return known[found].name
        }
        let text = arena.copy(key)
        let name = try arena.append { OTLPNames.append(text, to: &$0) }
        if known.count < OTLPNames.knownMax { known.append((key, name)) }
        next = known.count
        return name
    }

    /// The name for a key inside a map that is known by `prefix`.
    mutating func name(of key: Range<Int>, behind prefix: Range<Int>, in arena: inout OTLPArena) throws -> Range<Int> {
        let text = arena.copy(prefix) + [UInt8(ascii: "_")] + arena.copy(key)
        return try arena.append { OTLPNames.append(text, to: &$0) }
    }

    private func place(of key: Range<Int>, in arena: OTLPArena) -> Int? {
        arena.withBytes(key) { bytes in
            func isSame(_ index: Int) -> Bool {
                known[index].key.count == bytes.count
                    && arena.withBytes(known[index].key) { $0.elementsEqual(bytes) }
            }
            if next < known.count, isSame(next) { return next }
            return known.indices.first(where: isSame)
        }
    }

    private static func isName(_ key: UnsafeRawBufferPointer) -> Bool {
        MetadataName.isClean(key) && !needsPrefix(key.first, key.dropFirst().first)
    }

    /// One underscore is for the translator's own use, two are for the program's.
    private static func needsPrefix(_ first: UInt8?, _ second: UInt8?) -> Bool {
        first == UInt8(ascii: "_") && second != UInt8(ascii: "_")
    }

    private static func append(_ key: [UInt8], to target: inout [UInt8]) {
        var name: [UInt8] = []
        name.reserveCapacity(key.count)
        for scalar in String(decoding: key, as: UTF8.self).unicodeScalars {
            let byte = scalar.isASCII ? UInt8(scalar.value) : 0
            let isLetter = (byte | 0x20) &- UInt8(ascii: "a") < 26
            name.append(isLetter || byte &- UInt8(ascii: "0") < 10 ? byte : UInt8(ascii: "_"))
        }
        guard let first = name.first else { return }
        if first &- UInt8(ascii: "0") < 10 {
            target.append(contentsOf: "key_".utf8)
        } else if needsPrefix(first, name.dropFirst().first) {
            target.append(contentsOf: "key".utf8)
        }
        target.append(contentsOf: name)
    }
}
