/// Finds what somebody probably meant.
enum NearestName {
    /// The candidate with the fewest changed letters; nil when even that differs in more than `changesMax`, or when not
    /// given, in more than a third of them.
    static func find(_ name: String, among candidates: [String], changesMax: Int? = nil) -> String? {
        let limit = changesMax ?? max(2, name.utf8.count / 3)
        let ranked = candidates.map { candidate in
            // Of two equally near ones, that of the same length: a wrong letter is likelier than a missing one.
            (
                name: candidate, distance: distance(Array(name.utf8), Array(candidate.utf8)),
                lengths: abs(name.utf8.count - candidate.utf8.count)
            )
        }
        guard let best = ranked.min(by: { ($0.distance, $0.lengths) < ($1.distance, $1.lengths) }),
            best.distance <= limit
        else { return nil }
        return best.name
    }

    /// How many letters must be inserted, removed, replaced or swapped with their neighbour.
    private static func distance(_ left: [UInt8], _ right: [UInt8]) -> Int {
        var before: [Int] = []
        var previous = Array(0...right.count)
        for row in left.indices {
            var current = [row + 1]
            for column in right.indices {
                let substitution = previous[column] + (left[row] == right[column] ? 0 : 1)
                var best = min(substitution, previous[column + 1] + 1, current[column] + 1)
                let isSwap = row > 0 && column > 0 && left[row] == right[column - 1] && left[row - 1] == right[column]
                if isSwap { best = min(best, before[column - 1] + 1) }
                current.append(best)
            }
            before = previous
            previous = current
        }
        return previous[right.count]
    }
}
