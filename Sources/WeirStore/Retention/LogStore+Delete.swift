internal import Synchronization
public import WeirModel
internal import WeirSystem

extension LogStore {
    /// Hides lines from every answer at once and has them removed from disk in the background.
    ///
    /// Lines that were acknowledged before the call are meant, none that come later. Seals the head first, so that the
    /// request is about whole segments.
    ///
    /// - Parameters:
    ///   - query: a selector with line filters as text; kept, listed, and read by the store's line filter.
    ///   - matchers: what the selector says.
    /// - Throws: what the line filter throws about `query`, ``SourceError`` while closing, or `FileError` or
    ///   ``CatalogueError`` when the disk refuses; nothing is hidden then.
    public func requestDelete(
        tenant: Tenant, query: String, matchers: [Matcher], range: TimeRange
    ) async throws -> DeleteRequest {
        let predicate = try configuration.lineFilter(query)
        interruptMerge()
        return try await lifecycle.pass {
            guard state.withLock({ $0.phase }) == .open else {
                throw SourceError.unavailable(reason: "the store is closing")
            }
            try await sealAll()
            return try await background.run { [self] in
                let newest = state.withLock { $0.segments.values.joined().map(\.row.generation).max() ?? 0 }
                let request = try global.add(
                    DeleteRequest(
                        id: 0, tenant: tenant, query: query, matchers: matchers, range: range,
                        created: Timestamp(nanoseconds: clock.now()), state: .received, lsn: newest))
                global.saveCopy()
                state.withLock { state in
                    state.deletes.append(ActiveDelete(request: request, predicate: predicate))
                    state.nextRewriteCheck = .min
                }
                return request
            }
        }
    }

    /// All requests of a tenant, oldest first.
    ///
    /// - Throws: ``CatalogueError``.
    public func deleteRequests(tenant: Tenant) async throws -> [DeleteRequest] {
        try await background.run { [global] in
            try global.deleteRequests().filter { $0.tenant.name == tenant.name }
        }
    }

    /// Forgets a request; lines that are not removed yet are in answers again.
    ///
    /// - Returns: false when the tenant has no such request or its lines are all gone.
    /// - Throws: ``CatalogueError``.
    public func cancelDelete(_ id: Int64, tenant: Tenant) async throws -> Bool {
        interruptMerge()
        return try await lifecycle.pass {
            try await background.run { [self] in
                let isActive = state.withLock { state in
                    state.deletes.contains { $0.request.id == id && $0.request.tenant.name == tenant.name }
                }
                guard isActive else { return false }
                try global.removeDelete(id)
                global.saveCopy()
                state.withLock { $0.deletes.removeAll { $0.request.id == id } }
                return true
            }
        }
    }

    /// Counts the lines that a request would hide, and their bytes, without hiding any.
    ///
    /// - Throws: as ``requestDelete(tenant:query:matchers:range:)`` and ``scan(_:workers:_:)``.
    public func countDeletable(
        tenant: Tenant, query: String, matchers: [Matcher], range: TimeRange
    ) async throws -> (lines: Int, bytes: Int) {
        let predicate = try configuration.lineFilter(query)
        let sum = Mutex((lines: 0, bytes: 0))
        let selection = Selection(tenant: tenant, matchers: matchers, range: range, direction: .forward)
        _ = try await scan(selection, workers: threadCount) { _, batch in
            let found = batch.countRows(predicate)
            sum.withLock { $0 = ($0.lines + found.lines, $0.bytes + found.bytes) }
            return .proceed
        }
        return sum.withLock { $0 }
    }

    /// Has a merge under way give up at its next block.
    func interruptMerge() {
        state.withLock { $0.lifecycleVersion += 1 }
    }

    /// Notes which requests no segment holds lines of any more. Only inside `lifecycle`.
    func finishDeletes() throws {
        let (deletes, segments, days) = state.withLock { ($0.deletes, $0.segments, $0.days) }
        var finished: [Int64] = []
        for delete in deletes where delete.isReadable {
            let hidden = HiddenRows(deletes: [delete])
            let isLeft = try segments.contains { number, segments in
                let concerned = segments.filter { delete.concerns($0.row) }
                guard !concerned.isEmpty, let day = days[number] else { return false }
                try day.load()
                let masks = hidden.masks(of: day, tenant: delete.request.tenant)
                return concerned.contains { $0.hidesRows(masks.masks(for: $0.row)) }
            }
            if !isLeft { finished.append(delete.request.id) }
        }
        guard !finished.isEmpty else { return }
        try global.markProcessed(finished)
        global.saveCopy()
        state.withLock { state in state.deletes.removeAll { finished.contains($0.request.id) } }
    }
}

extension Segment {
    /// Whether any stream has rows where a mask is.
    func hidesRows(_ masks: [RowMask]) -> Bool {
        guard !masks.isEmpty else { return false }
        return reader.streams.contains { stream in
            let extent = stream.extent
            return masks.contains { $0.touches(extent.stream, extent.minTimestamp, extent.maxTimestamp) }
        }
    }

    /// The rows of streams that are hidden altogether.
    func rowsHidden(by masks: [RowMask]) -> Int {
        guard !masks.isEmpty else { return 0 }
        return reader.streams.reduce(0) { sum, stream in
            let extent = stream.extent
            let isHidden = masks.contains { $0.hidesAll(of: extent.stream, extent.minTimestamp, extent.maxTimestamp) }
            return sum + (isHidden ? Int(extent.rows) : 0)
        }
    }
}

extension LineBatch {
    /// Counts the rows whose line a predicate picks (nil: all), and the bytes of those lines.
    fileprivate func countRows(_ predicate: LinePredicate?) -> (lines: Int, bytes: Int) {
        guard let predicate else { return (count, lineBytes) }
        return bytes.withUnsafeBytes { bytes in
            var found = (lines: 0, bytes: 0)
            for row in 0..<count {
                let start = Int(lineOffsets[row])
                let line = UnsafeRawBufferPointer(rebasing: bytes[start..<start + Int(lineLengths[row])])
                if predicate(line) { found = (found.lines + 1, found.bytes + line.count) }
            }
            return found
        }
    }
}
