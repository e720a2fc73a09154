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
        let now = clock.now()
        let today = Timestamp(nanoseconds: now).utcDay
        let (days, emptied) = state.withLock { state in
            let days = state.days.values.filter(\.isPrepared).map { day in
                (number: day.number, bytes: (state.segments[day.number] ?? []).reduce(0) { $0 + $1.row.fileBytes })
            }
            // Merges may have left out the last of a day's rows.
            let emptied = days.map(\.number).filter { number in
                number < today && (state.segments[number] ?? []).isEmpty && !state.daysKeptEmpty.contains(number)
                    && !state.current.touches(day: number)
                    && state.sealed.allSatisfy { !$0.generation.touches(day: number) }
            }
            return (days, emptied)
        }
        let due = Set(configuration.retention.daysToDrop(of: days, now: now)).union(emptied).sorted()
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
        let summary = try day.catalogue.summary()
        if summary.segments.contains(where: { $0.state == .quarantined }), mayBeMended(number) { return false }
        try global.beginDropping(day: number, appliedLSN: summary.appliedLSN)
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

    /// Whether a day that has nothing to offer but segments that were set aside is not past its time yet: a backup may
    /// have them whole. It is not looked at again before the next start.
    private func mayBeMended(_ number: Int) -> Bool {
        let isExpired = configuration.retention.daysToDrop(of: [(number, 0)], now: clock.now()).contains(number)
        return state.withLock { state in
            guard !isExpired, (state.segments[number] ?? []).isEmpty else { return false }
            state.daysKeptEmpty.insert(number)
            return true
        }
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
