internal import WeirSystem
internal import WeirTemplate

/// Sets an entry's time from an extracted value.
final class TimestampStage: Sendable {
    /// Offset and name of a zone at the time that a clock there shows.
    typealias Zone = @Sendable (Int64) -> (offsetSeconds: Int, name: String)

    private let source: Int
    private let forms: [Form]
    private let fudges: Bool
    private let zone: Zone

    /// How a time is written.
    private enum Form: Sendable {
        case rfc3339
        /// A decimal number of units since 1970; the factor makes nanoseconds of it.
        case unix(nanosecondsPerUnit: Int64)
        /// By example, as in Go.
        case layout(String)

        init(_ name: String) {
            switch name {
            case "RFC3339", "RFC3339Nano": self = .rfc3339
            case "Unix": self = .unix(nanosecondsPerUnit: 1_000_000_000)
            case "UnixMs": self = .unix(nanosecondsPerUnit: 1_000_000)
            case "UnixUs": self = .unix(nanosecondsPerUnit: 1_000)
            case "UnixNs": self = .unix(nanosecondsPerUnit: 1)
            default: self = .layout(TimestampStage.layouts[name] ?? name)
            }
        }
    }

    /// Go's own names of layouts.
    private static let layouts = [
        "ANSIC": "Mon Jan _2 15:04:05 2006", "UnixDate": "Mon Jan _2 15:04:05 MST 2006",
        "RubyDate": "Mon Jan 02 15:04:05 -0700 2006", "RFC822": "02 Jan 06 15:04 MST",
        "RFC822Z": "02 Jan 06 15:04 -0700", "RFC850": "Monday, 02-Jan-06 15:04:05 MST",
        "RFC1123": "Mon, 02 Jan 2006 15:04:05 MST", "RFC1123Z": "Mon, 02 Jan 2006 15:04:05 -0700",
    ]
    private static let names = layouts.keys + ["RFC3339", "RFC3339Nano", "Unix", "UnixMs", "UnixUs", "UnixNs"]

    init(_ settings: StageConfiguration.TimestampStage, _ plan: inout StagePlan) throws(StageError) {
        source = plan.value(settings.source)
        fudges = settings.fudgesOnFailure
        let formats = [settings.format] + settings.fallbackFormats
        for format in formats { try TimestampStage.check(format) }
        forms = formats.map { Form($0) }
        guard let location = settings.location, !location.isEmpty else {
            zone = { _ in (0, "UTC") }
            return
        }
        guard let zone = plan.resources.zone(location) else {
            throw StageError(
                stage: "timestamp",
                reason: "location \(location) is no time zone of this machine; install tzdata, or use a name such as "
                    + "Europe/Berlin")
        }
        self.zone = zone
    }

    /// Sets the time. `last` is the last good time of the file: an entry whose time cannot be read goes 1 ns behind.
    func run(_ work: inout EntryWork, last: inout Int64?) {
        guard let text = work.values[source] else { return }
        for form in forms {
            guard let time = parse(text, form, work) else { continue }
            work.timestamp = time
            last = time
            return
        }
        guard fudges, let previous = last else { return }
        work.timestamp = previous &+ 1
        last = previous &+ 1
    }

    /// Refuses what would never fit: a layout without any part of a time, or a name in the wrong case.
    private static func check(_ format: String) throws(StageError) {
        if names.contains(format) { return }
        if let name = names.first(where: { $0.lowercased() == format.lowercased() }) {
            throw StageError(stage: "timestamp", reason: "format \(format) is written \(name)")
        }
        guard format.contains(where: { $0.isASCII && $0.isNumber }) || format.contains("Jan") else {
            throw StageError(
                stage: "timestamp",
                reason: "format \(format) is no layout: write how Mon Jan 2 15:04:05 MST 2006 would look")
        }
    }

    private func parse(_ text: UnsafeRawBufferPointer, _ form: Form, _ work: borrowing EntryWork) -> Int64? {
        switch form {
        case .rfc3339: work.knownInstant(of: text) ?? RFC3339Time.parse(text)
        case .unix(let factor): TimestampStage.decimal(text, factor)
        case .layout(let layout): parse(text.text, layout, now: work.readTime)
        }
    }

    private func parse(_ text: String, _ layout: String, now: Int64) -> Int64? {
        guard var time = GoLayout.parse(text, layout, zone: zone) else { return nil }
        // Without a year Go counts from the year 0. Of the years around the present one that is taken in which the time
        // lies nearest: just after midnight of New Year's Eve, lines of December are last year's.
        let secondsBefore1970 = 719_528 * 86_400
        let (sinceYear0, isTooEarly) = Int(time.seconds).addingReportingOverflow(time.offsetSeconds + secondsBefore1970)
        let day = sinceYear0 / 86_400
        if !isTooEarly, sinceYear0 >= 0, day < 366 {
            let present = CivilTime(nanoseconds: now)
            let isDecember = day >= 335
            let isJanuary = day < 31
            var year = present.year
            if isDecember, present.month == 1 { year -= 1 }
            if isJanuary, present.month == 12 { year += 1 }
            guard let dated = GoLayout.parse("\(year) \(text)", "2006 \(layout)", zone: zone) else { return nil }
            time = dated
        }
        let (whole, overflows) = time.seconds.multipliedReportingOverflow(by: 1_000_000_000)
        guard !overflows else { return nil }
        let (sum, tooLarge) = whole.addingReportingOverflow(time.nanoseconds)
        return tooLarge ? nil : sum
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
