internal import WeirModel

/// Where names and values of metadata went when rows were copied from one arena to another.
///
/// Rows that share a text in the arena they come from, as discovered levels do, share it in the one they go to: twenty
/// bytes less a row in the head. Only the last few pairs are remembered, which is where such rows are.
struct PlacedTexts {
    private var known: [(source: LineBatch.MetadataPair, placed: LineBatch.MetadataPair)] = []
    private var next = 0

    private static let knownMax = 8

    /// Copies the texts of a pair behind `bytes`, unless a pair at the same place was copied a moment ago.
    ///
    /// - Parameter source: the arena of `pair`; the same one in every call.
    /// - Returns: the pair as ranges of `bytes`.
    mutating func place(
        _ pair: LineBatch.MetadataPair, of source: [UInt8], behind bytes: inout [UInt8]
    ) -> LineBatch.MetadataPair {
        for entry in known
        where entry.source.valueOffset == pair.valueOffset && entry.source.nameOffset == pair.nameOffset
            && entry.source.valueLength == pair.valueLength && entry.source.nameLength == pair.nameLength
        {
            return entry.placed
        }
        var placed = pair
        placed.nameOffset = Self.copy(pair.nameOffset, pair.nameLength, of: source, behind: &bytes)
        placed.valueOffset = Self.copy(pair.valueOffset, pair.valueLength, of: source, behind: &bytes)
        if known.count < Self.knownMax {
            known.append((pair, placed))
        } else {
            known[next] = (pair, placed)
            next = (next + 1) % Self.knownMax
        }
        return placed
    }

    private static func copy(
        _ offset: UInt32, _ length: UInt32, of source: [UInt8], behind bytes: inout [UInt8]
    ) -> UInt32 {
        let start = Int(offset)
        defer { bytes.append(contentsOf: source[start..<start + Int(length)]) }
        return UInt32(bytes.count)
    }
}
