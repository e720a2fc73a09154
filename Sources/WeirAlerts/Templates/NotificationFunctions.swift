internal import WeirRegex
internal import WeirTemplate

/// The functions that templates of notifications may call, as Alertmanager has them.
enum NotificationFunctions {
    typealias Failure = TemplateFunction.Failure

    /// All functions by name.
    ///
    /// - Parameters:
    ///   - now: the clock, in nanoseconds since 1970 UTC.
    ///   - zones: time zones by name.
    static func all(now: @escaping @Sendable () -> Int64, zones: ZoneCache) -> [String: TemplateFunction] {
        var functions = texts
        functions.merge(lists) { first, _ in first }
        functions.merge(times(now: now, zones: zones)) { first, _ in first }
        return functions
    }

    // MARK: Texts

    private static func text(_ value: TemplateValue) -> String { String(decoding: value.printed, as: UTF8.self) }

    private static func mapping(_ body: @escaping @Sendable (String) -> String) -> TemplateFunction {
        TemplateFunction([.string]) { arguments, _ in .text(body(text(arguments[0]))) }
    }

    private static let texts: [String: TemplateFunction] = [
        "toUpper": mapping { $0.uppercased() }, "toLower": mapping { $0.lowercased() },
        "title": mapping(title), "trimSpace": mapping(trimmed),
        // Whether a text is escaped is decided where it is printed; see `TemplateRendering`.
        "safeHtml": mapping { $0 }, "safeUrl": mapping { $0 }, "urlUnescape": mapping(PercentText.decoded),
        "match": TemplateFunction([.string, .string]) { arguments, _ throws(Failure) in
            .bool(try pattern(arguments[0]).matches(text(arguments[1])))
        },
        "reReplaceAll": TemplateFunction([.string, .string, .string]) { arguments, _ throws(Failure) in
            let pattern = try pattern(arguments[0])
            return .string(Replacement.all(of: pattern, by: arguments[1].printed, in: arguments[2].printed))
        },
        "toJson": TemplateFunction([.any]) { arguments, _ in .string(JSONTree(arguments[0]).bytes) },
        "base64encode": TemplateFunction([.string]) { arguments, _ in .text(Base64Text.encode(arguments[0].printed)) },
    ]

    private static func pattern(_ value: TemplateValue) throws(Failure) -> Pattern {
        do { return try Pattern(text(value)) } catch { throw Failure("\(error)") }
    }

    /// The first letter of each word in capitals; a word starts behind anything that is no letter, digit or quote.
    private static func title(_ text: String) -> String {
        var result = ""
        var isInside = false
        for character in text {
            result += isInside ? String(character) : character.uppercased()
            isInside = character.isLetter || character.isNumber || "_'".contains(character)
        }
        return result
    }

    private static func trimmed(_ text: String) -> String {
        var rest = Substring(text)
        while rest.first?.isWhitespace == true { rest.removeFirst() }
        while rest.last?.isWhitespace == true { rest.removeLast() }
        return String(rest)
    }

    // MARK: Lists

    private static let lists: [String: TemplateFunction] = [
        "join": TemplateFunction([.string, .any]) { arguments, _ throws(Failure) in
            let parts = try elements(arguments[1], of: "join").map(text)
            return .text(parts.joined(separator: text(arguments[0])))
        },
        "stringSlice": TemplateFunction([], variadic: .any) { arguments, _ in .list(arguments) },
        "list": TemplateFunction([], variadic: .any) { arguments, _ in .list(arguments) },
        "append": TemplateFunction([.any], variadic: .any) { arguments, _ throws(Failure) in
            .list(try elements(arguments[0], of: "append") + arguments.dropFirst())
        },
        "dict": TemplateFunction([], variadic: .any) { arguments, _ throws(Failure) in
            guard arguments.count % 2 == 0 else { throw Failure("dict wants pairs of names and values") }
            var values: [String: TemplateValue] = [:]
            for index in stride(from: 0, to: arguments.count, by: 2) {
                values[text(arguments[index])] = arguments[index + 1]
            }
            return .map(TemplateMap(values))
        },
    ]

    private static func elements(_ value: TemplateValue, of name: String) throws(Failure) -> [TemplateValue] {
        switch value {
        case .list(let values): return values
        case .none: return []
        default: throw Failure("\(name) wants a list, not \(value.typeName)")
        }
    }

    // MARK: Times

    private static func times(
        now: @escaping @Sendable () -> Int64, zones: ZoneCache
    ) -> [String: TemplateFunction] {
        [
            "now": TemplateFunction([]) { _, _ in .time(TemplateTime(unixNanoseconds: now())) },
            "date": TemplateFunction([.string, .time]) { arguments, _ in
                guard case .time(let time) = arguments[1] else { return .none }
                return .text(GoLayout.format(time, text(arguments[0])))
            },
            "tz": TemplateFunction([.string, .time]) { arguments, _ in
                guard case .time(var time) = arguments[1] else { return .none }
                let period = zones.zone(text(arguments[0])).period(at: time.seconds)
                (time.offsetSeconds, time.zone) = (period.offsetSeconds, period.name)
                return .time(time)
            },
            "since": TemplateFunction([.time]) { arguments, _ in
                guard case .time(let time) = arguments[0] else { return .none }
                return .text(DurationForm.go(now() &- time.unixNanoseconds))
            },
            "humanizeDuration": TemplateFunction([.any]) { arguments, _ throws(Failure) in
                switch arguments[0] {
                case .integer(let seconds): return .text(DurationForm.human(Double(seconds)))
                case .float(let seconds): return .text(DurationForm.human(seconds))
                default:
                    let written = text(arguments[0])
                    guard let seconds = Double(written) ?? DurationForm.seconds(written) else {
                        throw Failure("\(written) is no duration")
                    }
                    return .text(DurationForm.human(seconds))
                }
            },
        ]
    }
}
