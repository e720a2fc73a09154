/// A label name as a small number, valid for one pipeline and its runs.
struct LabelName: Hashable, Sendable {
    /// The position in the table of names.
    let id: UInt32

    /// `__error__`
    static let error = LabelName(id: 0)
    /// `__error_details__`
    static let errorDetails = LabelName(id: 1)

    /// Whether the label tells of a fault instead of the entry.
    var isErrorLabel: Bool { id <= 1 }
}

/// The names that a query mentions, numbered while its stages are built; names met in lines are numbered after them.
struct LabelNameRegistry: Sendable {
    private(set) var names = ["__error__", "__error_details__"]
    private var ids: [String: UInt32] = ["__error__": 0, "__error_details__": 1]

    /// The number of `name`, the same for every call.
    mutating func intern(_ name: String) -> LabelName {
        if let id = ids[name] { return LabelName(id: id) }
        let id = UInt32(names.count)
        names.append(name)
        ids[name] = id
        return LabelName(id: id)
    }
}
