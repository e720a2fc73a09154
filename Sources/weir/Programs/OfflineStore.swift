internal import WeirAPI
internal import WeirStore
internal import WeirSystem

/// A data folder that no server uses, opened by a command.
enum OfflineStore {
    /// Opens the store, which replays its WAL, and closes it behind `body`.
    ///
    /// - Throws: `StoreOpenError` when a server uses the folder; what `body` throws.
    static func with<Result: Sendable>(
        _ folder: String, _ body: (LogStore) async throws -> Result
    ) async throws -> Result {
        var configuration = StoreConfiguration(folder: folder)
        configuration.freeDiskBytesMin = 0
        configuration.lineFilter = StoreDeletes.filter
        let store = try await LogStore.open(
            configuration: configuration, fileSystem: PosixFileSystem(), clock: SystemClock(),
            decodeBody: { try EncodedBodyDecoder.decode($0) },
            onEvent: { event in
                if event.severity != .notice { try? StandardStream.error.writeLine("weir: \(event)") }
            })
        do {
            let result = try await body(store)
            await store.close()
            return result
        } catch {
            await store.close()
            throw error
        }
    }
}
