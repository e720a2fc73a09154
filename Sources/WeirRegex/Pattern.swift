internal import CRE2

/// A compiled RE2 pattern: linear time, the syntax that Loki promises, usable from many threads at once.
public final class Pattern: Sendable {
    /// The pattern's text.
    public let text: String
    /// The names of its capturing groups in order, nil for groups without a name.
    public let groupNames: [String?]

    // RE2 objects are immutable and thread-safe once compiled; freed in deinit only.
    private nonisolated(unsafe) let handle: OpaquePointer

    /// The most memory that RE2 may use for one pattern's automata; more would only speed up patterns that are already
    /// far beyond what people write, less would push ordinary ones to the slow fallback.
    private static let memoryBytesMax: Int64 = 8 << 20

    /// Compiles `text`.
    ///
    /// - Throws: ``PatternError`` with RE2's message.
    public init(_ text: String) throws(PatternError) {
        var copy = text
        let handle = copy.withUTF8 { utf8 in
            utf8.withMemoryRebound(to: CChar.self) { characters in
                cre2_compile(characters.baseAddress, characters.count, false, false, Pattern.memoryBytesMax)!
            }
        }
        if let message = cre2_error(handle) {
            let argument = cre2_error_argument(handle).map { String(cString: $0) } ?? ""
            let error = PatternError(pattern: text, reason: String(cString: message), argument: argument)
            cre2_free(handle)
            throw error
        }
        self.text = text
        self.handle = handle
        groupNames = (0..<cre2_group_count(handle)).map { index in
            cre2_group_name(handle, index + 1).map { String(cString: $0) }
        }
    }

    deinit {
        cre2_free(handle)
    }

    /// Whether the pattern is found anywhere in `bytes`.
    public func matches(_ bytes: UnsafeRawBufferPointer) -> Bool {
        // RE2 takes a null pointer for an empty text, and so do we: an empty buffer has no address.
        cre2_search(handle, bytes.baseAddress?.assumingMemoryBound(to: UInt8.self), 0, bytes.count, nil, 0)
    }

    /// Whether the pattern is found anywhere in `text`.
    public func matches(_ text: String) -> Bool {
        var copy = text
        return copy.withUTF8 { matches(UnsafeRawBufferPointer($0)) }
    }

    /// Searches `bytes` from `start` on and fills `spans` with the whole match and its groups, as offsets in `bytes`.
    ///
    /// - Parameter spans: as many as wanted, at most one more than the number of groups; a group that took no part
    ///   gets nil.
    /// - Returns: whether there is a match; if not, `spans` is left as it was.
    public func search(_ bytes: UnsafeRawBufferPointer, from start: Int = 0, spans: inout [Range<Int>?]) -> Bool {
        withUnsafeTemporaryAllocation(of: cre2_span.self, capacity: max(1, spans.count)) { found in
            let base = bytes.baseAddress?.assumingMemoryBound(to: UInt8.self)
            guard cre2_search(handle, base, start, bytes.count, found.baseAddress, Int32(spans.count)) else {
                return false
            }
            for index in spans.indices {
                spans[index] = found[index].start < 0 ? nil : found[index].start..<found[index].end
            }
            return true
        }
    }
}
