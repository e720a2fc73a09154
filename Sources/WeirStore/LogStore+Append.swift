internal import Synchronization
public import WeirModel
internal import WeirSystem

extension LogStore: EntrySink {
    /// Writes the push to the WAL, then makes its rows readable.
    ///
    /// Returns after the WAL bytes are synced, as `configuration.walSync` says, and after the rows are in the head, so a
    /// scan that begins later sees them. When it throws no row is readable; after a failed sync the WAL may still
    /// hold the record, and a restart would bring it back.
    ///
    /// A push of an origin that was stored before is not stored again, which becomes durable with its record.
    ///
    /// - Throws: `.repeated` for such a push, `.readOnly` when the disk is nearly full or refuses, `.overloaded` when sealing cannot keep up,
    ///   `.unavailable` while the store is closing.
    /// - Complexity: O(rows) and one copy of the lines; allocates per stream, not per row.
    public func append(_ push: Push) async throws(AppendError) {
        guard !push.batch.isEmpty else { return }
        guard let origin = push.origin else { return try await store(push) }
        try senders.begin(origin, tenant: push.tenant)
        defer { senders.end(origin, tenant: push.tenant) }
        try await store(push)
    }

    private func store(_ push: Push) async throws(AppendError) {
        var groups = RowGroup.groups(of: push.batch)
        var days = try await resolve(&groups, of: push)
        // LSNs are given in the order in which pushes enter a generation, because both happen under one lock: a cut
        // therefore separates records exactly as it separates generations.
        var entered: (generation: Generation, ticket: WALTicket)?
        while entered == nil {
            entered = try state.withLock { (state) throws(AppendError) in
                // A day that was dropped meanwhile began anew, and counts its streams anew.
                guard days.allSatisfy({ state.days[$0.number] === $0 }) else { return nil }
                try admit(state)
                let ticket = try wal.enqueue(push)
                state.current.enter(days: days.lazy.map(\.number))
                return (state.current, ticket)
            }
            if entered == nil { days = try await resolve(&groups, of: push) }
        }
        guard let (generation, ticket) = entered else { return }
        do {
            try await wal.waitUntilDurable(ticket)
        } catch {
            generation.leave()
            throw error
        }
        // Before the generation is left: once it is drained, what its records say about senders is saved.
        if let origin = push.origin {
            senders.commit(origin, tenant: push.tenant, now: push.arrival.nanoseconds)
        }
        let full = generation.insert(groups, of: push.batch, arrival: push.arrival.nanoseconds)
        generation.leave()
        counters.noteAppend(rows: push.batch.count, lineBytes: groups.reduce(0) { $0 + $1.lineBytes })
        for (day, block) in full { chores.add(.compress(FullBlock(generation: generation, day: day, block: block))) }
        if generation.size.lineBytes >= configuration.headBytesMax { chores.add(.seal) }
    }

    private func admit(_ state: borrowing State) throws(AppendError) {
        guard state.phase == .open else { throw .unavailable(reason: "the store is closing") }
        if let reason = state.readOnlyReason { throw .readOnly(reason: reason) }
        // Cheap while nothing waits: one generation.
        var waiting = state.current.size.lineBytes
        for sealed in state.sealed { waiting += sealed.generation.size.lineBytes }
        guard waiting <= configuration.headBytesMax * StoreConfiguration.headBacklogMax else {
            throw .overloaded(reason: "\(waiting) bytes of lines wait to be sealed; send again later")
        }
    }

    /// Puts the day's stream ids into the groups; days and streams that are new begin to exist in memory.
    ///
    /// - Returns: the days.
    private func resolve(_ groups: inout [RowGroup], of push: Push) async throws(AppendError) -> [Day] {
        var days: [Day] = []
        var start = 0
        while start < groups.count {
            let number = groups[start].day
            let end = groups[start...].firstIndex { $0.day != number } ?? groups.count
            let day = day(number)
            if !day.isLoaded {
                do {
                    try await sealThreads.run { try day.load() }
                } catch {
                    throw .readOnly(reason: "cannot read the streams of the day: \(error)")
                }
            }
            let part = groups[start..<end]
            let ids = day.withIndex { index in
                part.map { index.register(push.batch.streams[Int($0.label)], tenant: push.tenant) }
            }
            for (position, id) in zip(start..<end, ids) { groups[position].stream = id }
            days.append(day)
            start = end
        }
        return days
    }

    /// The day with a number, which begins to exist in memory if it did not.
    private func day(_ number: Int) -> Day {
        state.withLock { state in
            if let day = state.days[number] { return day }
            let day = Day(number: number, parts: configuration.partsFolder, isOnDisk: false, files: files)
            state.days[number] = day
            return day
        }
    }
}
