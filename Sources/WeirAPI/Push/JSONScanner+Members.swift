internal import WeirBytes

/// Walks over objects and arrays of push bodies.
extension JSONScanner {
    /// Visits the members of an object, or none of `null`; `visit` reads the value.
    mutating func eachMember(_ visit: (inout JSONScanner, Text) throws -> Void) throws {
        if try takeNull() { return }
        try expect(UInt8(ascii: "{"))
        if take(UInt8(ascii: "}")) { return }
        repeat {
            let key = try string()
            try expect(UInt8(ascii: ":"))
            try visit(&self, key)
        } while take(UInt8(ascii: ","))
        try expect(UInt8(ascii: "}"))
    }

    /// Visits the elements of an array, or none of `null`; `visit` reads each.
    mutating func eachElement(_ visit: (inout JSONScanner) throws -> Void) throws {
        if try takeNull() { return }
        try expect(UInt8(ascii: "["))
        if take(UInt8(ascii: "]")) { return }
        repeat { try visit(&self) } while take(UInt8(ascii: ","))
        try expect(UInt8(ascii: "]"))
    }

    /// Reads `null`, if that is next, and tells whether it was.
    mutating func takeNull() throws(JSONError) -> Bool {
        guard peek() == UInt8(ascii: "n") else { return false }
        try literal("null")
        return true
    }

    /// Whether a key is `name`; keys of push formats hold no escapes.
    func isKey(_ key: Text, _ name: StaticString) -> Bool {
        UnsafeRawBufferPointer(rebasing: bytes[key.range]).equals(name)
    }
}
