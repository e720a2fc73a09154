internal import WeirModel

/// The checks that rows pass before they are stored, in Loki's order and wording. Rows that break a limit are left out;
/// the others of the same push are stored all the same.
struct PushDoor {
    private let limits: PushLimits
    private let oldest: Int64
    private let newest: Int64

    /// Creates a door for pushes that arrive at `now`.
    init(limits: PushLimits, now: Timestamp) {
        self.limits = limits
        oldest = limits.rejectsOld ? now.advanced(byNanoseconds: -limits.ageNanosecondsMax).nanoseconds : .min
        newest = now.advanced(byNanoseconds: limits.graceNanoseconds).nanoseconds
    }

    /// Removes the rows that break a limit from the batch, and says why.
    func check(_ push: inout DecodedPush) -> PushFaults {
        var faults = PushFaults()
        let refused = refusedStreams(push, &faults)
        if refused == nil, areRowsFine(push.batch) { return faults }
        let rows = keptRows(push.batch, refused: refused ?? [], &faults)
        if rows.count < push.batch.count { push.batch.keep(rows) }
        return faults
    }

    /// Which streams are refused; nil when none is. A refused stream is one fault, however many rows it has.
    private func refusedStreams(_ push: borrowing DecodedPush, _ faults: inout PushFaults) -> [Bool]? {
        var refused: [Bool]?
        for (index, labels) in push.batch.streams.enumerated() {
            guard let fault = fault(of: labels, duplicate: push.duplicates[index]) else { continue }
            let rows = push.batch.streamIndexes.count { Int($0) == index }
            // A stream without entries is skipped before it is looked at.
            if rows > 0 { faults.add(fault.message, reason: fault.reason, rows: rows) }
            if refused == nil { refused = [Bool](repeating: false, count: push.batch.streams.count) }
            refused?[index] = true
        }
        return refused
    }

    private func fault(
        of labels: LabelSet, duplicate: StreamTable.DuplicateLabel?
    ) -> (message: String, reason: String)? {
        if labels.isEmpty { return ("error at least one label pair is required per stream", "missing_labels") }
        // The label that discovery adds does not count against the sender.
        let count = labels.count > limits.labelsMax && labels["service_name"] != nil ? labels.count - 1 : labels.count
        if limits.labelsMax > 0, count > limits.labelsMax {
            let message = "entry for stream '\(labels)' has \(labels.count) label names; limit \(limits.labelsMax)"
            return (message, "max_label_names_per_series")
        }
        for label in labels.labels {
            if limits.labelNameBytesMax > 0, label.name.utf8.count > limits.labelNameBytesMax {
                return ("stream '\(labels)' has label name too long: '\(label.name)'", "label_name_too_long")
            }
            if limits.labelValueBytesMax > 0, label.value.utf8.count > limits.labelValueBytesMax {
                return ("stream '\(labels)' has label value too long: '\(label.value)'", "label_value_too_long")
            }
        }
        guard let duplicate else { return nil }
        let message = "stream '\(duplicate.streamText)' has duplicate label name: '\(duplicate.name)'"
        return (message, "duplicate_label_names")
    }

    /// Whether every row passes; the usual case, kept free of branches per row so that it costs next to nothing.
    private func areRowsFine(_ batch: borrowing LineBatch) -> Bool {
        guard batch.metadata.isEmpty else { return batch.count == 0 }
        var lowest = Int64.max
        var highest = Int64.min
        var longest: UInt32 = 0
        for timestamp in batch.timestamps {
            lowest = min(lowest, timestamp)
            highest = max(highest, timestamp)
        }
        for length in batch.lineLengths { longest = max(longest, length) }
        let lineMax = limits.lineBytesMax > 0 ? limits.lineBytesMax : Int.max
        return lowest >= oldest && highest <= newest && Int(longest) <= lineMax
    }

    private func keptRows(_ batch: borrowing LineBatch, refused: [Bool], _ faults: inout PushFaults) -> [Int] {
        var kept: [Int] = []
        kept.reserveCapacity(batch.count)
        for row in 0..<batch.count {
            let stream = Int(batch.streamIndexes[row])
            if !refused.isEmpty, refused[stream] { continue }
            if isRowFine(row, batch, &faults) { kept.append(row) }
        }
        return kept
    }

    private func isRowFine(_ row: Int, _ batch: borrowing LineBatch, _ faults: inout PushFaults) -> Bool {
        let timestamp = batch.timestamps[row]
        let stream = batch.streams[Int(batch.streamIndexes[row])]
        if timestamp < oldest {
            let (instant, limit) = (TimeText.seconds(timestamp), TimeText.seconds(oldest))
            faults.add(
                "entry for stream '\(stream)' has timestamp too old: \(instant), oldest acceptable timestamp is: \(limit)",
                reason: "greater_than_max_sample_age")
            return false
        }
        if timestamp > newest {
            faults.add(
                "entry for stream '\(stream)' has timestamp too new: \(TimeText.seconds(timestamp))",
                reason: "too_far_in_future")
            return false
        }
        let length = Int(batch.lineLengths[row])
        if limits.lineBytesMax > 0, length > limits.lineBytesMax {
            faults.add(
                "max entry size '\(limits.lineBytesMax)' bytes exceeded for stream '\(stream)' while adding an entry with "
                    + "length '\(length)' bytes",
                reason: "line_too_long")
            return false
        }
        return batch.metadata.isEmpty || isMetadataFine(row, batch, stream, &faults)
    }

    private func isMetadataFine(
        _ row: Int, _ batch: borrowing LineBatch, _ stream: LabelSet, _ faults: inout PushFaults
    ) -> Bool {
        let range = batch.metadataRange(ofRow: row)
        var bytes = 0
        for index in range { bytes += Int(batch.metadata[index].nameLength) + Int(batch.metadata[index].valueLength) }
        if limits.metadataBytesMax > 0, bytes > limits.metadataBytesMax {
            faults.add(
                "stream '\(stream)' has structured metadata too large: '\(bytes)' bytes, limit: "
                    + "'\(limits.metadataBytesMax)' bytes. Please see `limits_config.max_structured_metadata_size` or "
                    + "contact your Loki administrator to increase it",
                reason: "structured_metadata_too_large")
            return false
        }
        if limits.metadataPairsMax > 0, range.count > limits.metadataPairsMax {
            faults.add(
                "stream '\(stream)' has too many structured metadata labels: '\(range.count)' labels, limit: "
                    + "'\(limits.metadataPairsMax)' labels. Please see "
                    + "`limits_config.max_structured_metadata_entries_count` or contact your Loki administrator to "
                    + "increase it",
                reason: "structured_metadata_too_many")
            return false
        }
        return true
    }
}

extension LineBatch {
    /// Keeps the rows at `rows`, which rise; the arena and the streams stay as they are.
    mutating func keep(_ rows: [Int]) {
        if !metadataEnds.isEmpty {
            var pairs: [MetadataPair] = []
            var ends: [UInt32] = []
            for row in rows {
                pairs.append(contentsOf: metadata[metadataRange(ofRow: row)])
                ends.append(UInt32(pairs.count))
            }
            metadata = pairs
            metadataEnds = ends
        }
        lineOffsets = rows.map { lineOffsets[$0] }
        lineLengths = rows.map { lineLengths[$0] }
        timestamps = rows.map { timestamps[$0] }
        streamIndexes = rows.map { streamIndexes[$0] }
    }
}
