import WeirModel

/// One stage of a pipeline in its running form.
///
/// To add a construct: a `final class XStage: Sendable` with
/// `init(…, context: inout StageContext) throws(StageError)`, which numbers the names it reads or writes, and
/// `func apply(to entry: inout PipelineEntry) -> Bool`, which says whether the entry goes on; then a case here, in
/// ``init(_:context:)`` and in ``apply(to:)``. Classes, because the switch then costs one reference per entry and
/// copies nothing. `apply` runs once per entry on many threads: no `String`, no allocation outside the entry's arena
/// unless the construct cannot do without.
enum Stage: Sendable {
    case lineFilter(LineFilter)

    /// Builds the running form of a stage.
    init(_ syntax: StageSyntax, context: inout StageContext) throws(StageError) {
        switch syntax {
        case .lineFilter(let filter): self = .lineFilter(try LineFilter(filter))
        case .json, .logfmt, .regexp, .pattern, .unpack, .labelFilter, .lineFormat, .labelFormat, .decolorize, .drop,
            .keep:
            throw StageError("stage is not known")
        }
    }

    /// Runs the stage; false drops the entry.
    func apply(to entry: inout PipelineEntry) -> Bool {
        switch self {
        case .lineFilter(let filter): filter.accepts(entry.line)
        }
    }

    /// Whether later line filters see another line than earlier ones.
    var changesLine: Bool {
        switch self {
        case .lineFilter: false
        }
    }
}
