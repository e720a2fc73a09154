/// Sets an entry's time from an extracted value.
final class TimestampStage: Sendable {
    private let source: Int
    private let forms: [Form]
    private let fudges: Bool

    /// How a time is written.
    private enum Form: Sendable {
        case rfc3339
        /// A decimal number of units since 1970; the factor makes nanoseconds of it.
        case unix(nanosecondsPerUnit: Int64)

        init?(_ name: String) {
            switch name {
            case "RFC3339", "RFC3339Nano": self = .rfc3339
            case "Unix": self = .unix(nanosecondsPerUnit: 1_000_000_000)
            case "UnixMs": self = .unix(nanosecondsPerUnit: 1_000_000)
            case "UnixUs": self = .unix(nanosecondsPerUnit: 1_000)
            case "UnixNs": self = .unix(nanosecondsPerUnit: 1)
            default: return nil
            }
        }
    }

    init(_ settings: StageConfiguration.TimestampStage, _ plan: inout StagePlan) throws(StageError) {
        source = plan.value(settings.source)
        fudges = settings.fudgesOnFailure
        var forms: [Form] = []
        for name in [settings.format] + settings.fallbackFormats {
            guard let form = Form(name) else {
                throw StageError(
                    stage: "timestamp",
                    reason: "format \(name) is not read yet; use RFC3339, RFC3339Nano, Unix, UnixMs, UnixUs or UnixNs")
            }
            forms.append(form)
        }
        self.forms = forms
    }

    /// Sets the time. `last` is the last good time of the file: an entry whose time cannot be read goes 1 ns behind.
    func run(_ work: inout EntryWork, last: inout Int64?) {
        guard let text = work.values[source] else { return }
        for form in forms {
            guard let time = TimestampStage.parse(text, form) else { continue }
            work.timestamp = time
            last = time
            return
        }
        guard fudges, let previous = last else { return }
        work.timestamp = previous &+ 1
        last = previous &+ 1
    }

    private static func parse(_ text: UnsafeRawBufferPointer, _ form: Form) -> Int64? {
        switch form {
        case .rfc3339: RFC3339Time.parse(text)
        case .unix(let factor): decimal(text, factor)
        }
    }

    /// Reads `1700000000` or `1700000000.25` without a detour over floating point, which would lose nanoseconds.
    private static func decimal(_ text: UnsafeRawBufferPointer, _ factor: Int64) -> Int64? {
        var whole: Int64 = 0
        var position = 0
        while position < text.count, text[position] &- UInt8(ascii: "0") < 10 {
            let (tenfold, overflows) = whole.multipliedReportingOverflow(by: 10)
            let (sum, tooLarge) = tenfold.addingReportingOverflow(Int64(text[position] & 15))
            guard !overflows, !tooLarge else { return nil }
            whole = sum
            position += 1
        }
        guard position > 0 else { return nil }
        var (time, overflows) = whole.multipliedReportingOverflow(by: factor)
        guard !overflows else { return nil }
        guard position < text.count else { return time }
        guard text[position] == UInt8(ascii: "."), position + 1 < text.count else { return nil }
        var unit = factor
        for byte in text[(position + 1)...] {
            guard byte &- UInt8(ascii: "0") < 10 else { return nil }
            unit /= 10
            (time, overflows) = time.addingReportingOverflow(unit * Int64(byte & 15))
            guard !overflows else { return nil }
        }
        return time
    }
}
