internal import Synchronization
internal import WeirModel
internal import WeirSystem

// Days that nobody needs any more go as a whole: a rename and a removal, no matter how much they hold.
extension LogStore {
    /// Removes the days that are past their time or too much for the disk.
    ///
    /// `run()` does so in the background; this is for whoever cannot wait.
    ///
    /// - Returns: how many days were removed.
    /// - Throws: `FileError` or ``CatalogueError``; what is not removed yet is in no answer, and a restart goes on.
    @discardableResult
    public func dropOldDays() async throws -> Int {
        let days = state.withLock { state in
            state.days.values.filter(\.isPrepared).map { day in
                (number: day.number, bytes: (state.segments[day.number] ?? []).reduce(0) { $0 + $1.row.fileBytes })
            }
        }
        let due = configuration.retention.daysToDrop(of: days, now: clock.now())
        if due.isEmpty { return 0 }
        interruptMerge()
        return try await lifecycle.pass {
            guard state.withLock({ $0.phase }) == .open else { return 0 }
            // Rows of the days may be in memory, with numbers of streams that only the days' catalogues explain.
            try await sealAll()
            return try await sealing.pass {
                try await background.run { [self] in try due.count(where: { try drop($0) }) }
            }
        }
    }

    /// Removes a day.
    ///
    /// - Returns: false when a push has brought rows of it again; the next attempt seals them.
    private func drop(_ number: Int) throws -> Bool {
        guard let day = state.withLock({ $0.days[number] }) else { return false }
        try global.beginDropping(day: number, appliedLSN: day.catalogue.summary().appliedLSN)
        try configuration.reach(.dropNoted)
        let segments = state.withLock { state -> [Segment]? in
            guard !state.current.touches(day: number) else { return nil }
            state.days[number] = nil
            state.retired.removeAll { $0.day === day }
            return state.segments.removeValue(forKey: number) ?? []
        }
        guard let segments else {
            try global.register(day: number)
            return false
        }
        // Scans that began before keep what they have open; nobody may make the database anew where it was.
        day.retire()
        try configuration.reach(.dropUnpublished)
        try removeFolder(of: number)
        try global.endDropping(day: number)
        counters.noteDayDropped()
        report(
            .dayDropped(
                day: DayName.text(of: number), bytes: segments.reduce(0) { $0 + $1.row.fileBytes },
                rows: segments.reduce(0) { $0 + $1.row.rows }))
        return true
    }

    private func removeFolder(of number: Int) throws {
        let folder = configuration.partsFolder + "/" + DayName.text(of: number)
        let trash = configuration.trashFolder + "/" + ULID(at: clock.now()).text
        try files.createFolder(configuration.trashFolder)
        try files.rename(folder, to: trash)
        try files.syncFolder(configuration.partsFolder)
        try configuration.reach(.dropRenamed)
        try files.removeFolder(trash)
        try configuration.reach(.dropRemoved)
    }
}
