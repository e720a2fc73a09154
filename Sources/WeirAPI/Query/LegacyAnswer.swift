internal import LogQL
internal import WeirBytes
internal import WeirModel

/// The JSON of `/api/prom/query`.
enum LegacyAnswer {
    static func body(_ streams: [ResultStream], statistics: QueryStatistics, seconds: Double) -> [UInt8] {
        var json = JSONWriter(reservingCapacity: 4096)
        json.raw(#"{"streams":"#)
        json.list(streams) { json, stream in
            json.raw(#"{"labels":"#)
            json.string(stream.labels.description)
            json.raw(#","entries":"#)
            json.list(stream.entries) { json, entry in
                json.raw(#"{"ts":"#)
                json.string(TimeText.nanoseconds(entry.timestamp.nanoseconds))
                json.raw(#","line":"#)
                json.string(entry.line)
                json.raw("}")
            }
            json.raw("}")
        }
        json.raw(#","stats":"#)
        StatisticsAnswer.append(statistics, seconds: seconds, to: &json)
        json.raw("}\n")
        return json.bytes
    }
}
