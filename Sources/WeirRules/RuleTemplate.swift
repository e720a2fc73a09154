internal import WeirModel
internal import WeirTemplate

/// The templates of one rule's labels and annotations, compiled once.
///
/// The function `query` cannot be answered while a template is rendered, because questions wait for the store. So a
/// rendering that asks something new fails and says what it asked; the caller gets the answer and renders again.
struct RuleTemplate: Sendable {
    /// What a rendering needs besides the sample.
    struct Data: Sendable {
        var externalLabels: LabelSet = .empty
        var externalURL = ""
        var now: Timestamp
        /// Answers to questions that renderings asked, by their text.
        var answers: [String: TemplateValue] = [:]
    }

    /// Why there is no text.
    enum Failure: Error {
        /// An answer is missing.
        case asks(String)
        /// The template is wrong.
        case fails(TemplateError)

        /// What stands in place of the text.
        var text: String {
            switch self {
            case .asks(let question): "<error expanding template: no answer to \(question)>"
            case .fails(let error): "<error expanding template: \(error.message)>"
            }
        }
    }

    /// Prometheus puts this in front of every template.
    private static let prelude =
        "{{$labels := .Labels}}{{$externalLabels := .ExternalLabels}}{{$externalURL := .ExternalURL}}"
        + "{{$value := .Value}}"

    private let template: Template?
    /// The text itself where it holds no action, which is most of them.
    private let plain: String

    /// Compiles a text.
    init(_ text: String, name: String) throws(TemplateError) {
        plain = text
        template =
            text.contains("{{")
            ? try Template(RuleTemplate.prelude + text, name: name, functions: RuleFunctions.all) : nil
    }

    /// The text for a sample.
    func render(_ labels: LabelSet, value: Double, _ data: Data) throws(Failure) -> String {
        guard let template else { return plain }
        var answers = TemplateMap(data.answers)
        answers.absent = .none
        let environment: [TemplateValue] = [
            .map(answers), .time(TemplateTime(unixNanoseconds: data.now.nanoseconds)), .text(data.externalURL),
        ]
        let root = TemplateMap([
            "Labels": RuleTemplate.map(labels), "ExternalLabels": RuleTemplate.map(data.externalLabels),
            "ExternalURL": .text(data.externalURL), "Value": .float(value),
        ])
        var bytes: [UInt8] = []
        do {
            try template.render(.map(root), environment: environment, into: &bytes)
        } catch {
            if let text = RuleFunctions.questionAsked(in: error.message) { throw .asks(text) }
            throw .fails(error)
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Labels by name; an absent one is the empty text.
    static func map(_ labels: LabelSet) -> TemplateValue {
        var map = TemplateMap([:], absent: .text(""))
        for label in labels.labels { map.values[label.name] = .text(label.value) }
        return .map(map)
    }
}
