internal import FoundationEssentials
internal import GRDB
internal import WeirBytes
internal import WeirModel

// Requests to delete: they are about many days, so they are no day's.
extension GlobalCatalogue {
    /// Adds a request and gives it its number.
    ///
    /// - Throws: ``CatalogueError``.
    func add(_ request: DeleteRequest) throws(CatalogueError) -> DeleteRequest {
        try writing { database in
            try database.execute(
                sql: """
                    INSERT INTO delete_request(tenant, query, matchers, min_ts, max_ts, created, lsn, state)
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                    """,
                arguments: [
                    request.tenant.name, request.query, Data(GlobalCatalogue.encode(request.matchers)),
                    request.range.start.nanoseconds, request.range.end.nanoseconds, request.created.nanoseconds,
                    Int64(bitPattern: request.lsn), request.state.rawValue,
                ])
            var added = request
            added.id = database.lastInsertedRowID
            return added
        }
    }

    /// All requests, oldest first.
    ///
    /// - Throws: ``CatalogueError``.
    func deleteRequests() throws(CatalogueError) -> [DeleteRequest] {
        try reading { database in
            try Row.fetchAll(
                database,
                sql: """
                    SELECT id, tenant, query, matchers, min_ts, max_ts, created, lsn, state
                    FROM delete_request ORDER BY id
                    """
            ).map { row in
                let id = try row.decode(Int64.self, atIndex: 0)
                let matchers = try row.decode(Data.self, atIndex: 3).withUnsafeBytes { GlobalCatalogue.matchers($0) }
                guard let matchers, let state = DeleteRequest.State(rawValue: try row.decode(atIndex: 8)) else {
                    throw CatalogueError(path: path, reason: "request \(id) to delete cannot be read; use a newer weir")
                }
                return DeleteRequest(
                    id: id, tenant: Tenant(try row.decode(String.self, atIndex: 1)), query: try row.decode(atIndex: 2),
                    matchers: matchers,
                    range: TimeRange(
                        start: Timestamp(nanoseconds: try row.decode(atIndex: 4)),
                        end: Timestamp(nanoseconds: try row.decode(atIndex: 5))),
                    created: Timestamp(nanoseconds: try row.decode(atIndex: 6)), state: state,
                    lsn: UInt64(bitPattern: try row.decode(Int64.self, atIndex: 7)))
            }
        }
    }

    /// Notes that the lines of requests are gone.
    ///
    /// - Throws: ``CatalogueError``.
    func markProcessed(_ ids: [Int64]) throws(CatalogueError) {
        try writing { database in
            for id in ids {
                try database.execute(
                    sql: "UPDATE delete_request SET state = ? WHERE id = ?",
                    arguments: [DeleteRequest.State.processed.rawValue, id])
            }
        }
    }

    /// Forgets a request.
    ///
    /// - Throws: ``CatalogueError``.
    func removeDelete(_ id: Int64) throws(CatalogueError) {
        try writing { try $0.execute(sql: "DELETE FROM delete_request WHERE id = ?", arguments: [id]) }
    }

    /// Per matcher: name, comparison and value, each a varint length and bytes.
    private static func encode(_ matchers: [Matcher]) -> [UInt8] {
        var bytes: [UInt8] = []
        for matcher in matchers {
            for text in [matcher.name, matcher.comparison.rawValue, matcher.value] {
                Varint.append(UInt64(text.utf8.count), to: &bytes)
                bytes += text.utf8
            }
        }
        return bytes
    }

    private static func matchers(_ bytes: UnsafeRawBufferPointer) -> [Matcher]? {
        var texts: [String] = []
        var offset = 0
        while offset < bytes.count {
            guard let length = Varint.read(bytes, at: &offset), length <= UInt64(bytes.count - offset) else {
                return nil
            }
            texts.append(String(decoding: bytes[offset..<offset + Int(length)], as: UTF8.self))
            offset += Int(length)
        }
        guard texts.count.isMultiple(of: 3) else { return nil }
        var matchers: [Matcher] = []
        for start in stride(from: 0, to: texts.count, by: 3) {
            guard let comparison = Matcher.Comparison(rawValue: texts[start + 1]),
                let matcher = try? Matcher(texts[start], comparison, texts[start + 2])
            else { return nil }
            matchers.append(matcher)
        }
        return matchers
    }
}
