internal import WeirBytes
public import WeirModel

/// Label sets as text in databases: a JSON object, so that people who open them can read it.
public enum StoredLabels {
    /// `{"app":"web"}`, sorted by name.
    public static func text(_ labels: LabelSet) -> String {
        var json = JSONWriter()
        json.raw("{")
        for (index, label) in labels.labels.enumerated() {
            if index > 0 { json.raw(",") }
            json.string(label.name)
            json.raw(":")
            json.string(label.value)
        }
        json.raw("}")
        return String(decoding: json.bytes, as: UTF8.self)
    }

    /// The label set of such a text; nil when it is none.
    public static func labels(_ text: String) -> LabelSet? {
        var text = text
        return text.withUTF8 { bytes in try? labels(JSONScanner(UnsafeRawBufferPointer(bytes))) }
    }

    private static func labels(_ start: JSONScanner) throws(JSONError) -> LabelSet {
        var scanner = start
        var labels: [Label] = []
        try scanner.expect(UInt8(ascii: "{"))
        if !scanner.take(UInt8(ascii: "}")) {
            repeat {
                let name = try scanner.decoded(scanner.string())
                try scanner.expect(UInt8(ascii: ":"))
                labels.append(Label(name, try scanner.decoded(scanner.string())))
            } while scanner.take(UInt8(ascii: ","))
            try scanner.expect(UInt8(ascii: "}"))
        }
        return LabelSet(labels)
    }
}
