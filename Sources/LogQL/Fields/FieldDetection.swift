import WeirModel

/// Finds out which fields entries have: those of their metadata, those that the query's stages made, and those that
/// `json` or else `logfmt` would find in the lines.
public enum FieldDetection {
    /// Looks at all entries of an answer.
    ///
    /// - Parameters:
    ///   - streams: the answer of a log query; the sample.
    ///   - fieldsMax: how many fields are told at most; those met first.
    /// - Returns: the fields in order of name.
    /// - Complexity: each line is parsed once, or twice when it is no JSON; all different values are kept.
    public static func fields(in streams: [ResultStream], fieldsMax: Int) -> [DetectedField] {
        var table = FieldTable(countMax: fieldsMax)
        var json = PipelineRun(pipeline([.json([])]))
        var logfmt = PipelineRun(pipeline([.logfmt(isStrict: false, keepsEmpty: false, [])]))
        for stream in streams {
            for label in stream.metadata.labels { table.add(label, parser: nil) }
            let made = stream.parsed.labels.filter { !isError($0) }
            let batch = batch(stream)
            batch.bytes.withUnsafeBytes { bytes in
                _ = json.begin(batch, bytes: bytes)
                _ = logfmt.begin(batch, bytes: bytes)
                for row in 0..<batch.count {
                    _ = json.enter(row, of: batch, bytes: bytes)
                    if json.entry.labels.hasError {
                        _ = logfmt.enter(row, of: batch, bytes: bytes)
                        let found = EntryKey.labelSet(logfmt.entry.labels, of: .parsed)
                        table.add(made, found.labels, parser: "logfmt")
                    } else {
                        let found = EntryKey.labelSet(json.entry.labels, of: .parsed)
                        table.add(made, found.labels, parser: "json")
                        table.addPaths(of: found.labels) {
                            let start = Int(batch.lineOffsets[row])
                            let end = start + Int(batch.lineLengths[row])
                            return JSONFieldPaths.paths(in: UnsafeRawBufferPointer(rebasing: bytes[start..<end]))
                        }
                    }
                }
            }
        }
        return table.fields.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
    }

    private static func pipeline(_ stages: [StageSyntax]) -> Pipeline {
        var context = StageContext(surroundings: StageSurroundings())
        do {
            return try Pipeline(stages, context: &context)
        } catch {
            preconditionFailure("parsers without parameters can always be built")
        }
    }

    /// The entries as the store would give them, but with the lines as the stages left them.
    private static func batch(_ stream: ResultStream) -> LineBatch {
        var batch = LineBatch()
        batch.streams = [stream.streamLabels]
        for entry in stream.entries {
            for label in stream.metadata.labels { batch.addMetadata(name: label.name.utf8, value: label.value.utf8) }
            batch.appendRow(stream: 0, timestamp: entry.timestamp.nanoseconds, copying: entry.line)
        }
        return batch
    }

    private static func isError(_ label: Label) -> Bool {
        label.name == "__error__" || label.name == "__error_details__"
    }
}

/// The fields found so far.
private struct FieldTable {
    private(set) var fields: [DetectedField] = []
    private var positions: [String: Int] = [:]
    private let countMax: Int

    init(countMax: Int) {
        self.countMax = countMax
    }

    /// Adds what stages made and a parser found of one entry; where both know a field they mostly agree.
    mutating func add(_ made: [Label], _ found: [Label], parser: String) {
        for label in made { add(label, parser: parser) }
        for label in found { add(label, parser: parser) }
    }

    mutating func add(_ label: Label, parser: String?) {
        let position = positions[label.name] ?? fields.count
        if position == fields.count {
            guard fields.count < countMax else { return }
            positions[label.name] = position
            fields.append(DetectedField(name: label.name, firstValue: label.value))
        }
        fields[position].add(label.value)
        if let parser { fields[position].add(parser: parser) }
    }

    /// Tells the paths of fields that have none yet; `paths` is only asked when there are such fields.
    mutating func addPaths(of found: [Label], _ paths: () -> [String: [String]]) {
        var known: [String: [String]]?
        for label in found {
            guard let position = positions[label.name], fields[position].path == nil else { continue }
            let all = known ?? paths()
            known = all
            fields[position].path = all[label.name] ?? all[FieldTable.withoutSuffix(label.name)]
        }
    }

    /// The name that a field has without a label of the stream in its way.
    private static func withoutSuffix(_ name: String) -> String {
        let suffix = "_extracted"
        return name.hasSuffix(suffix) ? String(name.dropLast(suffix.count)) : name
    }
}
