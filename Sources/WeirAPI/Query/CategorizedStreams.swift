internal import LogQL
internal import WeirBytes
internal import WeirModel

/// Streams by their own labels only; each entry says which structured metadata and parsed labels it has.
enum CategorizedStreams {
    /// An entry with the result stream that it came in.
    private struct Place {
        let timestamp: Int64
        let stream: Int
        let entry: Int
    }

    /// Appends the array of streams; entries of one stream are merged in the direction of the query.
    static func append(_ streams: [ResultStream], direction: Selection.Direction, to json: inout JSONWriter) {
        var indexesByLabels: [LabelSet: [Int]] = [:]
        for (index, stream) in streams.enumerated() { indexesByLabels[stream.streamLabels, default: []].append(index) }
        let labelSets = indexesByLabels.keys.sorted()
        json.list(labelSets) { json, labels in
            json.raw(#"{"stream":"#)
            json.labels(labels)
            json.raw(#","values":"#)
            let places = merged(indexesByLabels[labels] ?? [], of: streams, direction: direction)
            json.list(places) { json, place in
                let stream = streams[place.stream]
                json.raw("[")
                json.quotedNumber(place.timestamp)
                json.raw(",")
                json.string(stream.entries[place.entry].line)
                json.raw(",")
                appendCategories(stream, to: &json)
                json.raw("]")
            }
            json.raw("}")
        }
    }

    private static func merged(
        _ indexes: [Int], of streams: [ResultStream], direction: Selection.Direction
    ) -> [Place] {
        var places: [Place] = []
        for index in indexes {
            for (entry, value) in streams[index].entries.enumerated() {
                places.append(Place(timestamp: value.timestamp.nanoseconds, stream: index, entry: entry))
            }
        }
        guard indexes.count > 1 else { return places }
        // The sort is stable, so entries of one instant keep the order in which they came.
        switch direction {
        case .forward: places.sort { $0.timestamp < $1.timestamp }
        case .backward: places.sort { $0.timestamp > $1.timestamp }
        }
        return places
    }

    /// Appends the third part of an entry.
    static func appendCategories(_ stream: ResultStream, to json: inout JSONWriter) {
        json.raw("{")
        if !stream.metadata.isEmpty {
            json.raw(#""structuredMetadata":"#)
            json.labels(stream.metadata)
        }
        if !stream.parsed.isEmpty {
            if !stream.metadata.isEmpty { json.raw(",") }
            json.raw(#""parsed":"#)
            json.labels(stream.parsed)
        }
        json.raw("}")
    }
}
