internal import ArgumentParser
internal import LogQL
internal import WeirSystem

/// `weir fmt`: a query in canonical form.
struct Fmt: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Prints a query in canonical form, long ones over several lines.",
        discussion: """
            weir fmt '{job="docker"}|json|status>=500'
            weir fmt --check --file alerts/latency.logql
            """)

    @OptionGroup var text: QueryText

    @Flag(help: "Print nothing; fail when the query is not in canonical form.")
    var check = false

    func run() throws {
        let text = try text.read()
        let formatted: String
        do {
            formatted = try LogQL.Query.parse(text).formatted()
        } catch {
            throw QueryTextError(message: error.message, query: text)
        }
        guard check else { return try StandardStream.output.writeLine(formatted) }
        guard formatted == text else {
            throw QueryTextError(message: "the query is not in canonical form; `weir fmt` prints it", query: text)
        }
    }
}
