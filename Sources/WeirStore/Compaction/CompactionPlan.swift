/// Decides which segments to merge next; pure, so that tests can ask it anything.
///
/// Only neighbours in the order of arrival are merged. Of entries at one instant the order of arrival is kept by the
/// order of segments, and a merge of distant ones would have no place in it.
package struct CompactionPlan: Sendable, Equatable {
    /// What is known of one segment.
    package struct Candidate: Sendable, Equatable {
        /// How often its rows were merged: 0, 1 or 2.
        package var level: Int
        /// Bytes of lines.
        package var rawBytes: Int
        /// Its newest row, nanoseconds since 1970 UTC.
        package var maxTimestamp: Int64
        /// When the file was made, nanoseconds since 1970 UTC.
        package var created: Int64
        /// Whether it holds rows that no answer may have and that are worth a rewriting.
        package var mustRewrite = false
        /// Whether it cannot be merged, because a block of it is damaged: a merge would lose what a repair may save.
        package var isStuck = false

        /// Creates a candidate.
        package init(level: Int, rawBytes: Int, maxTimestamp: Int64, created: Int64) {
            self.level = level
            self.rawBytes = rawBytes
            self.maxTimestamp = maxTimestamp
            self.created = created
        }
    }

    /// Positions of the candidates to merge; a single one is to be rewritten.
    package let inputs: Range<Int>
    /// The level of what comes out.
    package let level: Int

    private static let hour: Int64 = 3_600_000_000_000
    private static let day: Int64 = 24 * hour

    /// Chooses among the segments of one tenant and day, which stand in order of arrival; nil when nothing is due.
    ///
    /// - Parameter now: nanoseconds since 1970 UTC.
    package static func next(
        of candidates: [Candidate], day: Int, now: Int64, configuration: CompactionConfiguration
    ) -> CompactionPlan? {
        let search = Search(
            candidates: candidates, configuration: configuration, now: now,
            lateness: configuration.lateness.nanoseconds)
        let (dayEnd, overflow) = Int64(day + 1).multipliedReportingOverflow(by: CompactionPlan.day)
        if !overflow, now - search.lateness >= dayEnd, let run = search.dayRun() {
            return CompactionPlan(inputs: run, level: 2)
        }
        if let run = search.hourRun() { return CompactionPlan(inputs: run, level: 1) }
        guard let single = candidates.indices.first(where: { candidates[$0].mustRewrite && !candidates[$0].isStuck })
        else { return nil }
        return CompactionPlan(inputs: single..<single + 1, level: candidates[single].level)
    }

    private struct Search {
        let candidates: [Candidate]
        let configuration: CompactionConfiguration
        let now: Int64
        let lateness: Int64

        /// The longest run of neighbours from `start` on that fulfil the condition and stay below the limits.
        func run(from start: Int, bytesMax: Int, where isMember: (Candidate) -> Bool) -> Range<Int> {
            var end = start
            var bytes = 0
            while end < candidates.count, end - start < configuration.inputsMax, !candidates[end].isStuck,
                isMember(candidates[end]), bytes + candidates[end].rawBytes <= bytesMax
            {
                bytes += candidates[end].rawBytes
                end += 1
            }
            return start..<end
        }

        /// What to merge of a day that is over.
        ///
        /// A segment of the last level is only merged again when as much has come beside it: late lines and imports
        /// would otherwise have the whole day written again and again.
        func dayRun() -> Range<Int>? {
            for start in candidates.indices {
                // An import is still going on while new segments appear.
                let run = run(from: start, bytesMax: configuration.dayBytesMax) { now - $0.created >= lateness }
                guard run.count >= 2 else { continue }
                let bytes = candidates[run].reduce(0) { $0 + $1.rawBytes }
                let finished = candidates[run].filter { $0.level >= 2 }.map(\.rawBytes).max() ?? 0
                if finished * 2 <= bytes { return run }
            }
            return nil
        }

        /// What to merge of one hour: all of it when it is over, else when there are many; or what does not keep to
        /// hours, when it is twice as many.
        func hourRun() -> Range<Int>? {
            var start = 0
            while start < candidates.count {
                let hour = hour(of: candidates[start])
                let run = run(from: start, bytesMax: configuration.hourBytesMax) {
                    $0.level == 0 && self.hour(of: $0) == hour
                }
                let isOver =
                    now - lateness >= (hour + 1) * CompactionPlan.hour
                    && candidates[run].allSatisfy { now - $0.created >= lateness }
                if run.count >= configuration.hourCountMax || (isOver && run.count >= 2) { return run }
                start = max(run.upperBound, start + 1)
            }
            for start in candidates.indices {
                let run = run(from: start, bytesMax: configuration.hourBytesMax) { $0.level == 0 }
                if run.count >= min(2 * configuration.hourCountMax, configuration.inputsMax) { return run }
            }
            return nil
        }

        private func hour(of candidate: Candidate) -> Int64 {
            var hour = candidate.maxTimestamp / CompactionPlan.hour
            if candidate.maxTimestamp < 0 { hour -= 1 }
            return hour
        }
    }
}

extension Duration {
    /// The whole nanoseconds, as far as 64 bits reach.
    var nanoseconds: Int64 {
        let (seconds, attoseconds) = components
        let (product, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        if overflow { return seconds < 0 ? .min : .max }
        return product.addingReportingOverflow(attoseconds / 1_000_000_000).partialValue
    }
}
