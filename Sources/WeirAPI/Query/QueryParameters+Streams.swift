internal import LogQL
internal import WeirModel

extension QueryParameters {
    /// The range of questions about streams: both ends belong to it, as Loki's index has no finer idea.
    func streamRange() throws(ParameterError) -> TimeRange {
        let (start, end) = try bounds()
        guard end >= start else {
            throw ParameterError("end timestamp must not be before or equal to start time")
        }
        return TimeRange(start: start, end: end.advanced(byNanoseconds: 1))
    }

    /// A parameter that counts things, of which none makes no sense.
    func count(_ name: String) throws(ParameterError) -> Int? {
        guard let text = text(name) else { return nil }
        let number = try ParameterText.integer(text, function: "Atoi")
        guard number > 0 else { throw ParameterError("limit must be a positive value") }
        return Int(number)
    }
}

extension Matcher {
    /// Reads a selector, which may be `{}`.
    static func parse(_ selector: String, textBytesMax limit: Int) throws(SyntaxError) -> [Matcher] {
        guard selector.utf8.count <= limit else {
            throw SyntaxError("input size too long (\(selector.utf8.count) > \(limit))")
        }
        return try parseSelector(selector, allowsEverything: true)
    }
}
