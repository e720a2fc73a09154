internal import LogQL
internal import WeirAPI
internal import WeirModel
internal import WeirStore

/// Joins requests to delete, whose language LogQL knows, to the store, which removes lines.
enum StoreDeletes {
    /// The line filters of a request, for `StoreConfiguration.lineFilter`; nil when all lines are meant.
    static let filter: @Sendable (String) throws -> LinePredicate? = { query in
        let selection = try LineSelection(query)
        if selection.takesWholeStreams { return nil }
        return { selection.accepts($0) }
    }

    /// What the endpoints ask for.
    static func control(of store: LogStore) -> DeleteControl {
        DeleteControl(
            request: { target in
                try await store.requestDelete(
                    tenant: target.tenant, query: target.query, matchers: target.matchers, range: target.range
                ).id
            },
            count: { target in
                try await store.countDeletable(
                    tenant: target.tenant, query: target.query, matchers: target.matchers, range: target.range)
            },
            list: { tenant in try await store.deleteRequests(tenant: tenant).map(status) },
            cancel: { id, tenant in
                if try await store.cancelDelete(id, tenant: tenant) { return .done }
                let isKnown = try await store.deleteRequests(tenant: tenant).contains { $0.id == id }
                return isKnown ? .tooLate : .unknown
            })
    }

    private static func status(of request: DeleteRequest) -> DeleteStatus {
        DeleteStatus(
            id: request.id, query: request.query, range: request.range, created: request.created,
            isProcessed: request.state == .processed)
    }
}
