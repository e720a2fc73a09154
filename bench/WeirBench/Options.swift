/// What the command line asks for.
struct Options {
    /// A folder whose `push/*.bin` are push bodies of Loki's protobuf in Snappy; nil to generate some.
    var corpus: String?
    /// Words of which the name of a benchmark must hold one; empty for all.
    var only: [String] = []
    /// Whether results are printed as JSON instead of a table.
    var isJSON = false
    /// The file that a line of results is added to.
    var results: String?
    /// The code that was measured, for the results.
    var commit = ""

    /// Why a command line is refused.
    struct Fault: Error {
        let message: String
    }

    init(_ arguments: [String]) throws(Fault) {
        var rest = arguments[...]
        while let name = rest.popFirst() {
            if name == "--json" {
                isJSON = true
                continue
            }
            guard let value = rest.popFirst() else { throw Fault(message: "\(name) needs a value") }
            switch name {
            case "--corpus": corpus = value
            case "--only": only = value.split(separator: ",").map(String.init)
            case "--results": results = value
            case "--commit": commit = value
            default: throw Fault(message: "unknown option \(name)")
            }
        }
    }

    /// Whether a benchmark is asked for.
    func wants(_ name: String) -> Bool {
        only.isEmpty || only.contains { name.contains($0) }
    }
}
