internal import ArgumentParser
internal import WeirSystem

/// `weir fields SELECTOR [NAME]`: which fields lines have, or the values of one.
struct Fields: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Prints the fields found in lines, with their types and parsers, or the values of one.")

    @Argument(help: "A selector with filters, such as '{job=\"docker\"}'.")
    var query: String

    @Argument(help: "The field whose values are wanted.")
    var name: String?

    @OptionGroup var window: TimeWindow
    @OptionGroup var server: ServerAddress

    @Option(help: "How many of the newest lines are looked at.")
    var lines = 1000

    private struct FieldsAnswer: Decodable {
        struct Field: Decodable {
            let label: String
            let type: String
            let cardinality: Int
            let parsers: [String]?
        }

        let fields: [Field]?
    }

    private struct ValuesAnswer: Decodable {
        let values: [String]?
    }

    func run() async throws {
        let parameters =
            [(name: "query", value: query), (name: "line_limit", value: String(lines))] + window.parameters
        let client = try server.client
        if let name {
            let path = "/loki/api/v1/detected_field/\(FormPairs.escape(name))/values"
            let answer: ValuesAnswer = try await client.ask(path, parameters, about: query)
            for value in answer.values ?? [] { try StandardStream.output.writeLine(value) }
            return
        }
        let answer: FieldsAnswer = try await client.ask("/loki/api/v1/detected_fields", parameters, about: query)
        let fields = (answer.fields ?? []).sorted { $0.label < $1.label }
        let width = fields.map(\.label.count).max() ?? 0
        for field in fields {
            let pad = String(repeating: " ", count: width - field.label.count)
            let parsers = field.parsers.map { $0.joined(separator: ", ") } ?? "metadata"
            try StandardStream.output.writeLine(
                "\(field.label)\(pad)  \(field.type), \(field.cardinality) values, \(parsers)")
        }
    }
}
