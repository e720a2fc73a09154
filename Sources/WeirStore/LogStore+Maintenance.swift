internal import Synchronization
internal import WeirSystem

extension LogStore {
    /// Compresses full blocks, seals when it is time, watches the disk, merges segments; runs until its task is cancelled or the store
    /// closed. Without it the store works, but only `flush()` and `close()` seal, and full blocks stay uncompressed.
    ///
    /// - Parameter sleep: waits between looks at age, WAL and disk; for tests.
    public func run(
        sleep: @escaping @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) }
    ) async {
        await withDiscardingTaskGroup { group in
            group.addTask { await self.watch(sleep) }
            group.addTask { await self.tend(sleep) }
            while !Task.isCancelled {
                let (blocks, wantsSeal) = await chores.next()
                if chores.isFinished { break }
                if wantsSeal { group.addTask { await self.sealIfDue() } }
                await compressAll(blocks)
            }
            group.cancelAll()
        }
    }

    /// Looks once a second at everything that changes with time.
    private func watch(_ sleep: @Sendable (Duration) async throws -> Void) async {
        while (try? await sleep(.seconds(1))) != nil, !Task.isCancelled, !chores.isFinished {
            await checkDisk()
            await sealIfDue()
        }
    }

    /// Does in the background what nobody waits for.
    private func tend(_ sleep: @Sendable (Duration) async throws -> Void) async {
        while (try? await sleep(.seconds(1))) != nil, !Task.isCancelled, !chores.isFinished {
            await dropIfDue()
            while await compactIfDue(), !Task.isCancelled, !chores.isFinished {}
        }
    }

    private func dropIfDue() async {
        do {
            try await dropOldDays()
        } catch {
            report(.dropFailed(reason: "\(error)"))
            // The disk will not change its mind within the second.
            try? await Task.sleep(for: .seconds(60))
        }
    }

    /// Compresses blocks on the seal threads. What fails stays as rows, and is compressed or reported when sealed.
    private func compressAll(_ blocks: [FullBlock]) async {
        // A push may still be adding to an older generation, whose rows these must be compared with; sealing, which
        // waits for that, then compresses them.
        let isSettled = state.withLock { state in state.sealed.allSatisfy { !$0.generation.hasVisitors } }
        guard isSettled, !blocks.isEmpty else { return }
        _ = try? await sealThreads.map(blocks.count, width: threadCount) { [self] index in
            _ = try compress(blocks[index])
        }
    }

    /// Turns read-only when the disk is nearly full, and back when there is room again.
    package func checkDisk() async {
        guard
            let free = try? await sealThreads.run({ [files, configuration] in
                try files.freeBytes(configuration.folder)
            })
        else { return }
        let least = configuration.freeDiskBytesMin
        let event = state.withLock { state -> StoreEvent? in
            state.freeDiskBytes = free
            if free < least, state.readOnlyReason == nil {
                let reason =
                    "\(configuration.folder) has \(free) bytes free, fewer than the \(least) that sealing may need; "
                    + "make room or add disk"
                state.readOnlyReason = reason
                return .turnedReadOnly(reason: reason)
            }
            // An eighth more, so that the store does not change its mind with every file that comes and goes.
            if free >= least + least / 8, state.readOnlyReason != nil {
                state.readOnlyReason = nil
                return .turnedWritable
            }
            return nil
        }
        if let event { report(event) }
    }

    /// What the store has done and holds, for `/metrics`. Touches no disk.
    public func statistics() -> StoreStatistics {
        var statistics = StoreStatistics()
        counters.copy(to: &statistics)
        statistics.walBytes = wal.bytesHeld
        let generations = state.withLock { state in
            statistics.days = state.days.count
            statistics.segmentsQuarantined = state.segmentsQuarantined
            statistics.freeDiskBytes = state.freeDiskBytes
            statistics.deletesActive = state.deletes.count
            statistics.isReadOnly = state.readOnlyReason != nil
            for segment in state.segments.values.joined() {
                statistics.segments += 1
                statistics.segmentBytes += segment.row.fileBytes
                statistics.segmentRows += segment.row.rows
            }
            return state.sealed.map(\.generation) + [state.current]
        }
        for generation in generations {
            let size = generation.size
            statistics.headRows += size.rows
            statistics.headLineBytes += size.lineBytes
            statistics.headStreams += generation.streamCount
        }
        return statistics
    }
}
