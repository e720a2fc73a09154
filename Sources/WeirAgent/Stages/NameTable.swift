/// Names and their places in an array, so that stages reach values by number and not by name.
struct NameTable: Sendable {
    private(set) var names: [String] = []
    private var places: [String: Int] = [:]

    /// The place of a name, which is added if it is new.
    mutating func slot(_ name: String) -> Int {
        if let place = places[name] { return place }
        places[name] = names.count
        names.append(name)
        return names.count - 1
    }

    /// The place of a name; nil when it has none.
    func find(_ name: String) -> Int? { places[name] }
}
