internal import LogQL
internal import WeirBytes
internal import WeirModel

/// The JSON of an answered query, written straight from the result.
enum QueryAnswer {
    /// The whole body, with a newline at the end as Loki's.
    static func body(
        _ outcome: QueryOutcome, encoding: ResponseEncoding, direction: Selection.Direction, seconds: Double
    ) -> [UInt8] {
        var json = JSONWriter(reservingCapacity: 4096)
        json.raw(#"{"status":"success","#)
        if !outcome.warnings.isEmpty {
            json.raw(#""warnings":"#)
            json.texts(outcome.warnings)
            json.raw(",")
        }
        json.raw(#""data":{"resultType":"#)
        json.string(typeName(outcome.result))
        if case .streams = outcome.result, !encoding.flags.isEmpty {
            json.raw(#","encodingFlags":"#)
            json.texts(encoding.flags)
        }
        json.raw(#","result":"#)
        if case .streams(let streams) = outcome.result, encoding.categorizesLabels {
            CategorizedStreams.append(streams, direction: direction, to: &json)
        } else {
            append(outcome.result, to: &json)
        }
        json.raw(#","stats":"#)
        StatisticsAnswer.append(outcome.statistics, seconds: seconds, to: &json)
        json.raw("}}\n")
        return json.bytes
    }

    /// Appends the result alone.
    static func append(_ result: QueryResult, to json: inout JSONWriter) {
        switch result {
        case .streams(let streams): append(streams, to: &json)
        case .matrix(let series): append(series, to: &json)
        case .vector(let samples): append(samples, to: &json)
        case .scalar(let sample): append(sample, to: &json)
        }
    }

    /// Loki's name for the kind of result.
    static func typeName(_ result: QueryResult) -> String {
        switch result {
        case .streams: "streams"
        case .matrix: "matrix"
        case .vector: "vector"
        case .scalar: "scalar"
        }
    }

    private static func append(_ streams: [ResultStream], to json: inout JSONWriter) {
        json.list(streams) { json, stream in
            json.raw(#"{"stream":"#)
            json.labels(stream.labels)
            json.raw(#","values":"#)
            json.list(stream.entries) { json, entry in
                json.raw("[")
                json.quotedNumber(entry.timestamp.nanoseconds)
                json.raw(",")
                json.string(entry.line)
                json.raw("]")
            }
            json.raw("}")
        }
    }

    private static func append(_ series: [Series], to json: inout JSONWriter) {
        json.list(series) { json, series in
            json.raw(#"{"metric":"#)
            json.labels(series.labels)
            json.raw(#","values":"#)
            json.list(series.samples) { json, sample in append(sample, to: &json) }
            json.raw("}")
        }
    }

    private static func append(_ samples: [InstantSample], to json: inout JSONWriter) {
        json.list(samples) { json, sample in
            json.raw(#"{"metric":"#)
            json.labels(sample.labels)
            json.raw(#","value":"#)
            append(sample.sample, to: &json)
            json.raw("}")
        }
    }

    private static func append(_ sample: Sample, to json: inout JSONWriter) {
        json.raw("[")
        json.unixSeconds(sample.timestamp)
        json.raw(",")
        json.quotedNumber(sample.value)
        json.raw("]")
    }
}

extension JSONWriter {
    /// Appends an object of labels in their order.
    mutating func labels(_ labels: LabelSet) {
        raw("{")
        for (index, label) in labels.labels.enumerated() {
            if index > 0 { raw(",") }
            string(label.name)
            raw(":")
            string(label.value)
        }
        raw("}")
    }

    /// Appends an array of texts.
    mutating func texts(_ texts: [String]) {
        list(texts) { json, text in json.string(text) }
    }

    /// Appends an array whose elements the closure writes.
    mutating func list<Element>(_ elements: [Element], _ append: (inout JSONWriter, Element) -> Void) {
        raw("[")
        var isFirst = true
        for element in elements {
            if !isFirst { raw(",") }
            isFirst = false
            append(&self, element)
        }
        raw("]")
    }

    /// Appends an instant as Unix seconds with as many of three decimals as it needs.
    mutating func unixSeconds(_ instant: Timestamp) {
        let milliseconds = instant.nanoseconds / Timestamp.nanosecondsPerMillisecond
        if milliseconds < 0 { raw("-") }
        number(Int64(milliseconds.magnitude / 1000))
        var fraction = milliseconds.magnitude % 1000
        guard fraction > 0 else { return }
        raw(".")
        var unit: UInt64 = 100
        while fraction > 0 {
            raw(UInt8(ascii: "0") + UInt8(fraction / unit))
            fraction %= unit
            unit /= 10
        }
    }
}
