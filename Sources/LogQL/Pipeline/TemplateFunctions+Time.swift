import WeirTemplate

extension TemplateFunctions {
    /// Functions of instants.
    ///
    /// - Parameters:
    ///   - now: the clock, in nanoseconds since 1970 UTC.
    ///   - zones: time zones by name.
    static func times(
        now: @escaping @Sendable () -> Int64, zones: ZoneCache
    ) -> [String: TemplateFunction] {
        [
            "now": TemplateFunction([]) { _, _ in .time(TemplateTime(unixNanoseconds: now())) },
            "unixEpoch": TemplateFunction([.time]) { arguments, _ in
                .text(String(time(arguments[0]).seconds))
            },
            "unixEpochMillis": TemplateFunction([.time]) { arguments, _ in
                let time = time(arguments[0])
                return .text(String(time.seconds &* 1000 &+ time.nanoseconds / 1_000_000))
            },
            "unixEpochNanos": TemplateFunction([.time]) { arguments, _ in
                .text(String(time(arguments[0]).unixNanoseconds))
            },
            "unixToTime": TemplateFunction([.string]) { arguments, _ throws(Failure) in
                .time(try instant(text(arguments[0])))
            },
            "toDate": TemplateFunction([.string, .string]) { arguments, _ in
                .time(parsed(text(arguments[1]), text(arguments[0]), zone: .utc))
            },
            "toDateInZone": TemplateFunction([.string, .string, .string]) { arguments, _ in
                .time(parsed(text(arguments[2]), text(arguments[0]), zone: zones.zone(text(arguments[1]))))
            },
            "date": TemplateFunction([.string, .any]) { arguments, _ in
                let shown: TemplateTime
                switch arguments[1] {
                case .time(let time): shown = time
                case .integer(let seconds): shown = TemplateTime(seconds: seconds)
                default: shown = TemplateTime(unixNanoseconds: now())
                }
                return .text(GoLayout.format(shown, text(arguments[0])))
            },
        ]
    }

    private static func time(_ value: TemplateValue) -> TemplateTime {
        guard case .time(let time) = value else { return TemplateTime(seconds: 0) }
        return time
    }

    /// Go's time without a value, which stands for texts that cannot be read: the start of the year 1.
    private static let zero = TemplateTime(seconds: -62_135_596_800)

    private static func parsed(_ text: String, _ layout: String, zone: ZoneTable) -> TemplateTime {
        GoLayout.parse(text, layout) { zone.offset(atLocal: $0) } ?? zero
    }

    /// An instant from a count whose unit shows in its length: days, s, ms, µs or ns.
    private static func instant(_ text: String) throws(Failure) -> TemplateTime {
        guard let value = Int64(text) else {
            throw Failure("unable to parse time '\(text)': strconv.ParseInt: parsing \"\(text)\": invalid syntax")
        }
        switch text.utf8.count {
        case 5: return TemplateTime(seconds: value * 86_400)
        case 10: return TemplateTime(seconds: value)
        case 13: return TemplateTime(unixNanoseconds: value &* 1_000_000)
        case 16: return TemplateTime(unixNanoseconds: value &* 1000)
        case 19: return TemplateTime(unixNanoseconds: value)
        default: throw Failure("unable to parse time '\(text)': unknown format")
        }
    }
}
