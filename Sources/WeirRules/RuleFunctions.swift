internal import LogQL
internal import WeirModel
internal import WeirRegex
internal import WeirTemplate

/// The functions of Prometheus' templates.
///
/// The environment of a rendering is: answers to questions by their text, the time, and the address of the server.
enum RuleFunctions {
    private typealias Failure = TemplateFunction.Failure

    /// All functions by name.
    static let all: [String: TemplateFunction] = {
        var functions = numbers
        functions.merge(texts) { first, _ in first }
        functions.merge(samples) { first, _ in first }
        return functions
    }()

    /// Frames the question in the message of a failed rendering; no text of a person contains it.
    private static let questionMark = "\u{1}weir asks\u{1}"

    /// The question that made a rendering fail; nil when it failed for another reason.
    static func questionAsked(in message: String) -> String? {
        let parts = message.split(separator: questionMark, omittingEmptySubsequences: false)
        return parts.count == 3 ? String(parts[1]) : nil
    }

    // MARK: Numbers and times

    private static let numbers: [String: TemplateFunction] = [
        "humanize": shown(HumanNumber.decimal), "humanize1024": shown(HumanNumber.binary),
        "humanizeDuration": shown(HumanNumber.duration), "humanizePercentage": shown(HumanNumber.percentage),
        "humanizeTimestamp": TemplateFunction([.any]) { arguments, _ throws(Failure) in
            let seconds = try number(arguments[0])
            guard let time = time(seconds) else { return .text(HumanNumber.decimal(seconds)) }
            return .string(TemplateValue.time(time).printed)
        },
        "toTime": TemplateFunction([.any]) { arguments, _ throws(Failure) in
            let seconds = try number(arguments[0])
            guard let time = time(seconds) else { throw Failure("\(seconds) is not an instant") }
            return .time(time)
        },
        "now": TemplateFunction([]) { _, environment in
            guard case .time(let time) = environment[1] else { return .float(0) }
            return .float(Double(time.unixNanoseconds) / 1e9)
        },
        "parseDuration": TemplateFunction([.string]) { arguments, _ throws(Failure) in
            guard let nanoseconds = PrometheusDuration.nanoseconds(text(arguments[0])) else {
                throw Failure("not a valid duration string: \(QuotedText.quote(text(arguments[0])))")
            }
            return .float(Double(nanoseconds) / 1e9)
        },
        "toDuration": shown(HumanNumber.duration),
    ]

    private static func shown(_ body: @escaping @Sendable (Double) -> String) -> TemplateFunction {
        TemplateFunction([.any]) { arguments, _ throws(Failure) in .text(body(try number(arguments[0]))) }
    }

    private static func number(_ value: TemplateValue) throws(Failure) -> Double {
        switch value {
        case .float(let number): return number
        case .integer(let number): return Double(number)
        case .string(let bytes):
            let text = String(decoding: bytes, as: UTF8.self)
            if let number = Double(text) { return number }
            throw Failure("strconv.ParseFloat: parsing \(QuotedText.quote(text)): invalid syntax")
        default: throw Failure("can't convert \(value.typeName) to float")
        }
    }

    /// Milliseconds are what Prometheus keeps of an instant.
    private static func time(_ seconds: Double) -> TemplateTime? {
        guard let milliseconds = Int64(exactly: (seconds * 1000).rounded(.towardZero)),
            milliseconds.magnitude < UInt64(Int64.max / 1_000_000)
        else { return nil }
        return TemplateTime(unixNanoseconds: milliseconds * 1_000_000)
    }

    // MARK: Texts

    private static let texts: [String: TemplateFunction] = [
        "toUpper": mapping { $0.uppercased() }, "toLower": mapping { $0.lowercased() }, "title": mapping(titled),
        "stripPort": mapping(withoutPort), "stripDomain": mapping(withoutDomain),
        "safeHtml": mapping { $0 }, "urlQueryEscape": mapping(RulePercent.escape),
        "graphLink": mapping { "/graph?g0.expr=\(RulePercent.escape($0))&g0.tab=0" },
        "tableLink": mapping { "/graph?g0.expr=\(RulePercent.escape($0))&g0.tab=1" },
        "match": TemplateFunction([.string, .string]) { arguments, _ throws(Failure) in
            .bool(try pattern(arguments[0]).matches(text(arguments[1])))
        },
        "reReplaceAll": TemplateFunction([.string, .string, .string]) { arguments, _ throws(Failure) in
            let pattern = try pattern(arguments[0])
            let replacement = RegexReplacement(text(arguments[1]), names: pattern.groupNames)
            return .string(try replacement.apply(pattern, to: Array(text(arguments[2]).utf8)))
        },
        "join": TemplateFunction([.string, .any]) { arguments, _ in
            guard case .list(let values) = arguments[1] else { return arguments[1] }
            let texts = values.map { String(decoding: $0.printed, as: UTF8.self) }
            return .text(texts.joined(separator: text(arguments[0])))
        },
        "args": TemplateFunction([], variadic: .any) { arguments, _ in
            let named = arguments.enumerated().map { ("arg\($0.offset)", $0.element) }
            return .map(TemplateMap(Dictionary(uniqueKeysWithValues: named)))
        },
        "externalURL": TemplateFunction([]) { _, environment in environment[2] },
        "pathPrefix": TemplateFunction([]) { _, environment in
            let rest = text(environment[2]).split(separator: "/", maxSplits: 3, omittingEmptySubsequences: false)
            return .text(rest.count > 3 ? "/" + rest[3] : "")
        },
    ]

    private static func mapping(_ body: @escaping @Sendable (String) -> String) -> TemplateFunction {
        TemplateFunction([.string]) { arguments, _ in .text(body(text(arguments[0]))) }
    }

    private static func text(_ value: TemplateValue) -> String { String(decoding: value.printed, as: UTF8.self) }

    private static func pattern(_ value: TemplateValue) throws(Failure) -> Pattern {
        do { return try Pattern(text(value)) } catch { throw Failure("\(error)") }
    }

    private static func titled(_ text: String) -> String {
        var isStart = true
        return String(
            text.map { character -> String in
                defer { isStart = !(character.isLetter || character.isNumber || character == "_" || character == "'") }
                return isStart ? character.uppercased() : String(character)
            }.joined())
    }

    private static func withoutPort(_ host: String) -> String {
        let parts = host.split(separator: ":", omittingEmptySubsequences: false)
        return parts.count == 2 ? String(parts[0]) : host
    }

    private static func withoutDomain(_ host: String) -> String {
        let parts = host.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        let name = parts[0].prefix { $0 != "." }
        return parts.count == 2 ? "\(name):\(parts[1])" : String(name)
    }

    // MARK: Samples

    private static let samples: [String: TemplateFunction] = [
        "query": TemplateFunction([.string]) { arguments, environment throws(Failure) in
            let question = text(arguments[0])
            if case .map(let answers) = environment[0], let answer = answers.values[question] {
                // What went wrong with a question is its answer as text.
                if case .string(let reason) = answer { throw Failure(String(decoding: reason, as: UTF8.self)) }
                return answer
            }
            throw Failure(questionMark + question + questionMark)
        },
        "first": TemplateFunction([.any]) { arguments, _ throws(Failure) in
            guard case .list(let samples) = arguments[0], let first = samples.first else {
                throw Failure("first() called on vector with no elements")
            }
            return first
        },
        "label": TemplateFunction([.string, .any]) { arguments, _ in
            guard case .map(let labels) = field("Labels", of: arguments[1]) else { return .text("") }
            return labels[text(arguments[0])]
        },
        "value": TemplateFunction([.any]) { arguments, _ in field("Value", of: arguments[0]) },
        "strvalue": TemplateFunction([.any]) { arguments, _ in
            guard case .map(let labels) = field("Labels", of: arguments[0]) else { return .text("") }
            return labels["__value__"]
        },
        "sortByLabel": TemplateFunction([.string, .any]) { arguments, _ in
            guard case .list(let samples) = arguments[1] else { return arguments[1] }
            func key(_ sample: TemplateValue) -> [UInt8] {
                guard case .map(let labels) = field("Labels", of: sample) else { return [] }
                return labels[text(arguments[0])].printed
            }
            return .list(samples.sorted { key($0).lexicographicallyPrecedes(key($1)) })
        },
    ]

    private static func field(_ name: String, of value: TemplateValue) -> TemplateValue {
        guard case .map(let map) = value else { return .none }
        return map[name]
    }

    /// An answer as templates see it: a list of samples, each with `Labels` and `Value`.
    static func answer(_ samples: [InstantSample]) -> TemplateValue {
        .list(
            samples.map {
                .map(TemplateMap(["Labels": RuleTemplate.map($0.labels), "Value": .float($0.sample.value)]))
            })
    }
}
