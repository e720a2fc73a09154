import WeirModel

extension LabelDemand {
    /// The labels that stages and a projection look at; what parsers find beyond them cannot change the answer.
    ///
    /// - Parameter counted: the label whose values are counted, if any.
    init(stages: [StageSyntax], unwrap: UnwrapSyntax?, counted: String? = nil, projection: LabelProjection) {
        guard case .by(var names) = projection else {
            self = .everything
            return
        }
        if let counted { names.insert(counted) }
        if let unwrap {
            if unwrap.skipsErrors { names.insert("__error__") }
            names.insert(unwrap.label)
            for filter in unwrap.filters { filter.collectNames(into: &names) }
        }
        for stage in stages {
            guard stage.collectNames(into: &names) else {
                self = .everything
                return
            }
        }
        self = .only(names)
    }
}

extension LabelDemand {
    /// The names of structured metadata that can change what the labels say; nil when all can.
    ///
    /// A label `x_extracted` may be made of what is called `x`, and any entry may come with an error.
    var metadataNames: Set<String>? {
        guard case .only(let labels) = self else { return nil }
        let suffix = "_extracted"
        var names = labels.union(["__error__", "__error_details__"])
        for label in labels {
            var base = label
            while base.hasSuffix(suffix) {
                base.removeLast(suffix.count)
                names.insert(base)
            }
        }
        return names
    }
}

extension StageSyntax {
    /// Adds the labels that the stage looks at; false when that cannot be told.
    fileprivate func collectNames(into names: inout Set<String>) -> Bool {
        switch self {
        case .lineFilter, .json, .jsonArrays, .logfmt, .regexp, .pattern, .unpack, .decolorize: return true
        case .skipErrors:
            names.insert("__error__")
            return true
        case .distinct(let labels):
            names.formUnion(labels)
            return true
        case .labelFilter(let filter):
            filter.collectNames(into: &names)
            return true
        case .drop(let selectors), .keep(let selectors):
            for case .matcher(let matcher) in selectors { names.insert(matcher.name) }
            return true
        case .labelFormat(let formats):
            for format in formats {
                guard case .label(let source) = format.source else { return false }
                names.insert(source)
            }
            return true
        case .lineFormat: return false
        }
    }

    /// Whether the stage looks at the bytes of the line.
    var readsLine: Bool {
        switch self {
        case .labelFilter, .drop, .keep, .distinct, .skipErrors: false
        case .labelFormat(let formats):
            formats.contains { if case .template = $0.source { true } else { false } }
        default: true
        }
    }

    /// Whether the stage does the same to all entries with the same labels, and neither remembers nor counts them.
    var dependsOnLabelsAlone: Bool {
        switch self {
        case .labelFilter, .drop, .keep: true
        case .labelFormat: !readsLine
        default: false
        }
    }
}

extension [StageSyntax] {
    /// The stages without the rewrites of the line that nobody reads; their failures do not count, as in Loki.
    var withoutUnreadLines: [StageSyntax] {
        let lastReader = lastIndex { $0.readsLine && !$0.isLineFormat } ?? -1
        return enumerated().filter { index, stage in index <= lastReader || !stage.isLineFormat }.map(\.element)
    }
}

extension StageSyntax {
    fileprivate var isLineFormat: Bool { if case .lineFormat = self { true } else { false } }
}

extension LabelFilterSyntax {
    /// Adds the labels that the filter looks at.
    func collectNames(into names: inout Set<String>) {
        switch self {
        case .text(let matcher): names.insert(matcher.name)
        case .number(let name, _, _), .duration(let name, _, _), .bytes(let name, _, _), .ip(let name, _, _):
            names.insert(name)
        case .and(let left, let right), .or(let left, let right):
            left.collectNames(into: &names)
            right.collectNames(into: &names)
        }
    }
}
