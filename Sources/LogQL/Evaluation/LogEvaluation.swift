import WeirModel

/// Answers log queries: reads the newest or oldest entries, and groups them by their labels.
struct LogEvaluation {
    let source: any LogSource
    let watch: QueryWatch

    /// Runs a plan and returns at most `limit` entries.
    func run(
        _ plan: SelectionPlan, limit: Int, intervalNanoseconds: Int64, workers: Int,
        statistics: inout QueryStatistics
    ) async throws(QueryError) -> [ResultStream] {
        let bound = EntryBound(direction: plan.selection.direction)
        let scan = ScanWorkers(count: workers, watch: watch) {
            LogCollector(plan, limit: limit, bound: bound)
        }
        statistics.scan.add(try await scan.scan(source, plan.selection))

        var numbers = ByteKeyTable()
        var entries: [EntryHeap.Kept] = []
        var matched = 0
        var firsts: [[UInt8]: FirstEntries.First] = [:]
        let isBackward = plan.selection.direction == .backward
        scan.forEach { collector in
            matched += collector.linesMatched
            statistics.linesSkipped += collector.linesSkipped
            func globalNumber(_ own: Int) -> Int {
                collector.setKeys.withKey(own) { numbers.index(of: $0).index }
            }
            for var entry in collector.heap.kept {
                entry.labels = globalNumber(entry.labels)
                entries.append(entry)
            }
            for (key, var first) in collector.firstsByValue {
                if let entry = first.entry { first.entry?.labels = globalNumber(entry.labels) }
                if let known = firsts[key], !first.stands(before: known, isBackward: isBackward) { continue }
                firsts[key] = first
            }
        }
        statistics.linesMatched += matched
        entries += firsts.values.compactMap(\.entry)
        entries.sort { left, right in
            if left.timestamp != right.timestamp {
                return isBackward ? left.timestamp > right.timestamp : left.timestamp < right.timestamp
            }
            return left.sequence < right.sequence
        }
        entries.removeLast(max(0, entries.count - limit))
        let streams = LogEvaluation.streams(entries, numbers, intervalNanoseconds: intervalNanoseconds)
        statistics.entriesReturned += streams.reduce(0) { $0 + $1.entries.count }
        return streams
    }

    /// Groups entries, which stand in the order of the answer, by label sets.
    private static func streams(
        _ entries: [EntryHeap.Kept], _ keys: ByteKeyTable, intervalNanoseconds: Int64
    ) -> [ResultStream] {
        var sets = [EntryLabelSets?](repeating: nil, count: keys.count)
        var streams: [ResultStream] = []
        var keyOfStream: [Int] = []
        var streamOfSet: [Int: Int] = [:]
        var lastOfStream: [LabelSet: Int64] = [:]
        for entry in entries {
            let labels = sets[entry.labels] ?? keys.withKey(entry.labels) { EntryLabelSets(key: $0) }
            sets[entry.labels] = labels
            if intervalNanoseconds > 0 {
                // Loki thins out what the limit has left, not the other way round.
                if let last = lastOfStream[labels.stream], (entry.timestamp - last).magnitude < intervalNanoseconds {
                    continue
                }
                lastOfStream[labels.stream] = entry.timestamp
            }
            let index = streamOfSet[entry.labels] ?? streams.count
            if index == streams.count {
                streamOfSet[entry.labels] = index
                keyOfStream.append(entry.labels)
                streams.append(
                    ResultStream(
                        labels: labels.all, streamLabels: labels.stream, metadata: labels.metadata,
                        parsed: labels.parsed,
                        entries: []))
            }
            streams[index].entries.append(
                ResultEntry(timestamp: Timestamp(nanoseconds: entry.timestamp), line: entry.line))
        }
        // Keys hold what label sets are made of, and comparing them touches no other memory.
        let order = streams.indices.sorted { left, right in
            keys.withKey(keyOfStream[left]) { left in
                keys.withKey(keyOfStream[right]) { EntryLabelSets.isOrdered(left, $0) }
            }
        }
        return order.map { streams[$0] }
    }
}

extension ScanSummary {
    /// Adds what another scan read.
    mutating func add(_ other: ScanSummary) {
        linesRead += other.linesRead
        lineBytesRead += other.lineBytesRead
        blocksRead += other.blocksRead
        blocksSkipped += other.blocksSkipped
    }
}
