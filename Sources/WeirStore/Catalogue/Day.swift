internal import Synchronization
internal import WeirModel
internal import WeirSystem

/// One UTC day of the store: its folder, its catalogue, and the index of its streams.
final class Day: Sendable {
    /// Days since 1970.
    let number: Int
    /// `…/parts/20261121`.
    let folder: String
    let catalogue: DayCatalogue
    /// Where its segments lie.
    private let files: any FileSystem
    private let state: Mutex<State>

    private struct State {
        /// Nil until somebody asks: old days are mostly left alone.
        var index: StreamIndex?
        /// Whether folder and tables exist.
        var isPrepared: Bool
        /// The newest instant of each stream in sealed generations and segments, or later; rows after it cannot
        /// repeat any of those.
        var newestTimestamps: [Int64] = []
    }

    /// Creates a day that is on disk already, or a new one that only exists in memory.
    init(number: Int, parts: String, isOnDisk: Bool, files: any FileSystem) {
        self.number = number
        self.files = files
        folder = parts + "/" + DayName.text(of: number)
        catalogue = DayCatalogue(path: folder + "/catalog.db")
        state = Mutex(State(index: isOnDisk ? nil : StreamIndex(), isPrepared: isOnDisk))
    }

    var isPrepared: Bool { state.withLock { $0.isPrepared } }
    var isLoaded: Bool { state.withLock { $0.index != nil } }

    func markPrepared() {
        state.withLock { $0.isPrepared = true }
    }

    /// Reads the index when it is not in memory yet; blocks. Two callers at once may both read it.
    ///
    /// When the catalogue is damaged, the segments tell the labels of their streams.
    func load() throws(CatalogueError) {
        _ = try loadSayingDamage()
    }

    /// As ``load()``; returns the damage when the streams are from segments.
    func loadSayingDamage() throws(CatalogueError) -> CatalogueError? {
        if isLoaded { return nil }
        // Not under the lock: a million streams take a second, and appends to the day would hold their threads.
        do throws(CatalogueError) {
            adopt(try catalogue.streamIndex())
            return nil
        } catch {
            guard error.isDamaged, let found = try? DayRebuild(folder: folder, files: files) else { throw error }
            adopt(found.index)
            return error
        }
    }

    /// Takes an index, unless there is one.
    func adopt(_ index: StreamIndex) {
        state.withLock { state in
            if state.index == nil { state.index = index }
        }
    }

    /// Asks the index, which must be loaded. `body` keeps appends waiting, so it does no more than look things up.
    func withIndex<Result: Sendable>(_ body: (inout StreamIndex) -> Result) -> Result {
        state.withLock { state in
            guard state.index != nil else { preconditionFailure("the streams of day \(number) are not loaded") }
            return body(&state.index!)
        }
    }

    /// Ends the day, whose folder is about to go: it has no streams for whoever still asks, and opens no database.
    func retire() {
        state.withLock { state in
            if state.index == nil { state.index = StreamIndex() }
        }
        catalogue.close()
    }

    /// A tenant by its number; the index must be loaded.
    func tenant(numbered number: UInt32) -> Tenant {
        withIndex { Tenant(Int(number) < $0.tenants.count ? $0.tenants[Int(number)] : "") }
    }

    /// Whose a stream is; the index must be loaded.
    func tenant(of stream: UInt32) -> Tenant {
        withIndex { Tenant($0.tenants[Int($0.streamTenants[Int(stream)])]) }
    }

    // MARK: - Newest instants

    /// The newest instant that a stream has in sealed generations and segments, or a later one.
    func newestTimestamp(of stream: UInt32) -> Int64 {
        state.withLock { Int(stream) < $0.newestTimestamps.count ? $0.newestTimestamps[Int(stream)] : .min }
    }

    /// Notes that streams have rows up to an instant.
    func noteNewest(_ newest: some Sequence<(stream: UInt32, timestamp: Int64)>) {
        state.withLock { state in
            for (stream, timestamp) in newest {
                while state.newestTimestamps.count <= Int(stream) { state.newestTimestamps.append(.min) }
                state.newestTimestamps[Int(stream)] = max(state.newestTimestamps[Int(stream)], timestamp)
            }
        }
    }

    // MARK: - Committing

    /// What the catalogue does not hold yet, and the lengths to note when it does.
    ///
    /// - Parameter isAll: whether the catalogue is empty and needs everything.
    func unpersistedLabels(
        isAll: Bool = false
    ) -> (addition: DayCatalogue.Addition, marks: StreamIndex.Marks) {
        withIndex { index in
            let done = isAll ? StreamIndex.Marks() : index.persisted
            var addition = DayCatalogue.Addition()
            for id in done.tenants..<index.tenants.count { addition.tenants.append((id, index.tenants[id])) }
            for id in done.names..<index.names.count {
                addition.names.append((id, index.names[id].tenant, index.names[id].text))
            }
            for id in done.values..<index.values.count {
                addition.values.append((id, index.values[id].name, index.values[id].text))
            }
            for id in done.streams..<index.count {
                addition.streams.append(
                    (id, index.streamTenants[id], index.fingerprints[id], Array(index.valueIDs(of: UInt32(id)))))
            }
            return (addition, index.marks)
        }
    }

    func notePersisted(_ marks: StreamIndex.Marks) {
        withIndex { $0.persisted(upTo: marks) }
    }
}
