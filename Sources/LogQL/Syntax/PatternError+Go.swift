import WeirRegex

extension PatternError {
    /// The message in the words of Go's regexp package, which Loki's clients see: RE2 has other names for the same.
    var goText: String {
        "error parsing regexp: \(goReason): `\(argument)`"
    }

    private var goReason: String {
        // RE2 gives `missing ): a(b` and says separately that `a(b` is the part concerned.
        let suffix = ": \(argument)"
        let kind = !argument.isEmpty && reason.hasSuffix(suffix) ? String(reason.dropLast(suffix.count)) : reason
        switch kind {
        case "missing )": return "missing closing )"
        case "missing ]": return "missing closing ]"
        case "trailing \\": return "trailing backslash at end of expression"
        case "no argument for repetition operator": return "missing argument to repetition operator"
        case "bad repetition operator": return "invalid nested repetition operator"
        case "invalid repetition size": return "invalid repeat count"
        case "invalid perl operator": return "invalid or unsupported Perl syntax"
        case "invalid named capture group": return "invalid named capture"
        default: return kind
        }
    }
}
