internal import WeirAlerts
internal import WeirBytes
internal import WeirModel

/// The body of `POST /api/v2/silences`.
struct PostedSilence {
    private(set) var silence = Silence(matchers: [], startsAt: .min, endsAt: .min)

    /// Reads a body.
    ///
    /// - Throws: `JSONError`, `PatternError` or ``APITextError``.
    init(_ body: [UInt8], at now: Timestamp) throws {
        var silence = silence
        silence.startsAt = now
        var hasMatchers = false
        try body.withUnsafeBytes { bytes in
            var scanner = JSONScanner(bytes)
            try scanner.eachMember { scanner, key in
                switch try scanner.decoded(key) {
                case "id": silence.id = try scanner.textOrNull() ?? ""
                case "matchers":
                    hasMatchers = true
                    try scanner.eachElement { silence.matchers.append(try Self.matcher(&$0)) }
                case "startsAt": silence.startsAt = try scanner.instant() ?? now
                case "endsAt": silence.endsAt = try scanner.instant() ?? .min
                case "createdBy": silence.createdBy = try scanner.textOrNull() ?? ""
                case "comment": silence.comment = try scanner.textOrNull() ?? ""
                default: try scanner.skipValue()
                }
            }
        }
        guard hasMatchers else { throw APITextError("matchers in body is required") }
        self.silence = silence
    }

    private static func matcher(_ scanner: inout JSONScanner) throws -> Matcher {
        var (name, value) = ("", "")
        var (isPattern, isEqual) = (false, true)
        try scanner.eachMember { scanner, key in
            switch try scanner.decoded(key) {
            case "name": name = try scanner.textOrNull() ?? ""
            case "value": value = try scanner.textOrNull() ?? ""
            case "isRegex": isPattern = try scanner.flagOrNull() ?? false
            case "isEqual": isEqual = try scanner.flagOrNull() ?? true
            default: try scanner.skipValue()
            }
        }
        guard !name.isEmpty else { throw APITextError("name in body is required") }
        switch (isPattern, isEqual) {
        case (false, true): return try Matcher(name, .equal, value)
        case (false, false): return try Matcher(name, .notEqual, value)
        case (true, true): return try Matcher(name, .matches, value)
        case (true, false): return try Matcher(name, .doesNotMatch, value)
        }
    }
}
