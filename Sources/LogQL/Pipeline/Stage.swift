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
    case regexp(RegexpStage)
    case pattern(PatternStage)
    case unpack(UnpackStage)
    case decolorize(DecolorizeStage)
    case drop(DropStage)
    case keep(KeepStage)
    case labelFilter(LabelFilter)
    case json(JSONStage)
    case jsonFields(JSONFieldsStage)
    case logfmt(LogfmtStage)
    case lineFormat(LineFormatStage)
    case labelFormat(LabelFormatStage)
    case jsonArrays(JSONArraysStage)
    case distinct(DistinctStage)
    case skipErrors

    /// Builds the running form of a stage.
    init(_ syntax: StageSyntax, context: inout StageContext) throws(StageError) {
        switch syntax {
        case .lineFilter(let filter): self = .lineFilter(try LineFilter(filter))
        case .regexp(let text): self = .regexp(try RegexpStage(text, context: &context))
        case .pattern(let text): self = .pattern(try PatternStage(text, context: &context))
        case .unpack: self = .unpack(UnpackStage())
        case .decolorize: self = .decolorize(try DecolorizeStage())
        case .drop(let selectors): self = .drop(try DropStage(selectors, context: &context))
        case .keep(let selectors): self = .keep(try KeepStage(selectors, context: &context))
        case .labelFilter(let filter): self = .labelFilter(try LabelFilter(filter, context: &context))
        case .json(let fields):
            self =
                fields.isEmpty
                ? .json(JSONStage(context: &context)) : .jsonFields(try JSONFieldsStage(fields, context: &context))
        case .logfmt(let isStrict, let keepsEmpty, let fields):
            self = .logfmt(
                try LogfmtStage(isStrict: isStrict, keepsEmpty: keepsEmpty, fields: fields, context: &context))
        case .lineFormat(let text): self = .lineFormat(try LineFormatStage(text, context: &context))
        case .labelFormat(let assignments):
            self = .labelFormat(try LabelFormatStage(assignments, context: &context))
        case .jsonArrays: self = .jsonArrays(JSONArraysStage(context: &context))
        case .distinct(let names): self = .distinct(DistinctStage(names, context: &context))
        case .skipErrors: self = .skipErrors
        }
    }

    /// Runs the stage; false drops the entry.
    func apply(to entry: inout PipelineEntry) -> Bool {
        switch self {
        case .lineFilter(let filter): filter.accepts(entry.line)
        case .regexp(let stage): stage.apply(to: &entry)
        case .pattern(let stage): stage.apply(to: &entry)
        case .unpack(let stage): stage.apply(to: &entry)
        case .decolorize(let stage): stage.apply(to: &entry)
        case .drop(let stage): stage.apply(to: &entry)
        case .keep(let stage): stage.apply(to: &entry)
        case .labelFilter(let filter): filter.apply(to: &entry)
        case .json(let stage): stage.apply(to: &entry)
        case .jsonFields(let stage): stage.apply(to: &entry)
        case .logfmt(let stage): stage.apply(to: &entry)
        case .lineFormat(let stage): stage.apply(to: &entry)
        case .labelFormat(let stage): stage.apply(to: &entry)
        case .jsonArrays(let stage): stage.apply(to: &entry)
        case .distinct(let stage): stage.apply(to: &entry)
        case .skipErrors: entry.passesErrorCheck()
        }
    }

    /// What line filters behind a stage see of it.
    enum LineChange {
        /// The line is the stored one.
        case none
        /// Colours are gone, but Loki moves line filters before `decolorize`, unless a label filter comes between.
        case colours
        /// Another line.
        case visible
    }

    /// What line filters behind this stage see, given what those before it saw.
    func lineChange(after change: LineChange) -> LineChange {
        switch self {
        case .unpack, .lineFormat: .visible
        case .decolorize: change == .none ? .colours : change
        case .labelFilter: change == .none ? .none : .visible
        // Which entry is the first of its value depends on the filters before.
        case .distinct: .visible
        case .lineFilter, .json, .jsonFields, .jsonArrays, .skipErrors, .logfmt, .labelFormat, .regexp, .pattern, .drop,
            .keep:
            change
        }
    }
}
