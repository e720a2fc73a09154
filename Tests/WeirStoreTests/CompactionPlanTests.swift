import Testing
import WeirStore

/// What is merged when, without a store.
@Suite struct CompactionPlanTests {
    typealias Candidate = CompactionPlan.Candidate

    static let day = 19_675
    static let hour: Int64 = 3_600_000_000_000
    static let dayStart = Int64(day) * 24 * hour

    /// A segment made when its newest row came, in minutes of the day.
    static func segment(_ minute: Int64, level: Int = 0, megabytes: Int = 100, made: Int64? = nil) -> Candidate {
        let instant = dayStart + minute * 60_000_000_000
        return Candidate(
            level: level, rawBytes: megabytes << 20, maxTimestamp: instant,
            created: dayStart + (made ?? minute) * 60_000_000_000)
    }

    func plan(_ candidates: [Candidate], atMinute minute: Int64) -> CompactionPlan? {
        CompactionPlan.next(
            of: candidates, day: Self.day, now: Self.dayStart + minute * 60_000_000_000,
            configuration: CompactionConfiguration())
    }

    @Test func `an hour that is over becomes one segment`() {
        let candidates = [5, 15, 25, 65].map { Self.segment($0) }
        #expect(plan(candidates, atMinute: 70) == nil)
        let due = plan(candidates, atMinute: 80)
        #expect(due?.inputs == 0..<3)
        #expect(due?.level == 1)
    }

    @Test func `many segments of one hour are merged before it is over`() {
        let candidates = (0..<8).map { Self.segment($0) }
        #expect(plan(Array(candidates.dropLast()), atMinute: 9) == nil)
        #expect(plan(candidates, atMinute: 9)?.inputs == 0..<8)
    }

    @Test func `an hour's segment stays below its limit`() {
        let candidates = [5, 15, 25].map { Self.segment($0, megabytes: 500) }
        #expect(plan(candidates, atMinute: 90)?.inputs == 0..<2)
    }

    @Test func `segments that keep to no hour are merged when there are many`() {
        let candidates = (0..<16).map { Self.segment($0 % 2 * 120 + 5, megabytes: 10, made: 600) }
        #expect(plan(candidates, atMinute: 600)?.inputs == 0..<16)
    }

    @Test func `a day that is over becomes one segment, below its limit`() {
        let candidates = (0..<24).map { Self.segment($0 * 60, level: 1, megabytes: 500) }
        #expect(plan(candidates, atMinute: 1440) == nil)
        let due = plan(candidates, atMinute: 1440 + 15)
        #expect(due?.inputs == 0..<16)
        #expect(due?.level == 2)
    }

    @Test func `late lines do not have a whole day written again`() {
        let late = [Self.segment(0, level: 2, megabytes: 1000), Self.segment(30, megabytes: 10, made: 1500)]
        #expect(plan(late, atMinute: 2000) == nil)
        let many = [Self.segment(0, level: 2, megabytes: 1000), Self.segment(30, megabytes: 1000, made: 1500)]
        #expect(plan(many, atMinute: 2000)?.inputs == 0..<2)
    }

    @Test func `late segments are merged among themselves`() {
        let late = [Self.segment(0, level: 2, megabytes: 1000)] + [30, 40].map { Self.segment($0, megabytes: 10) }
        #expect(plan(late, atMinute: 2000)?.inputs == 1..<3)
    }

    @Test func `an import is left alone until it pauses`() {
        let candidates = [1, 2, 3].map { Self.segment($0 * 100, made: 2000 + $0) }
        #expect(plan(candidates, atMinute: 2010) == nil)
        #expect(plan(candidates, atMinute: 2018)?.inputs == 0..<3)
    }

    @Test func `a damaged segment is merged with none`() {
        var candidates = (0..<5).map { Self.segment($0 * 60, level: 1) }
        candidates[2].isStuck = true
        #expect(plan(candidates, atMinute: 2000)?.inputs == 0..<2)
        candidates.removeFirst(2)
        #expect(plan(candidates, atMinute: 2000)?.inputs == 1..<3)
    }

    @Test func `a segment with deleted rows is rewritten alone when nothing is merged`() {
        var candidates = [Self.segment(60, level: 2), Self.segment(90, level: 2)].map { $0 }
        candidates[0].rawBytes = 8 << 30
        candidates[1].mustRewrite = true
        let due = plan(candidates, atMinute: 2000)
        #expect(due?.inputs == 1..<2)
        #expect(due?.level == 2)
    }

    @Test(arguments: 0..<20 as Range<UInt64>) func `whatever is there, planning ends, within the limits`(seed: UInt64) {
        var random = SplitMix(state: seed)
        var candidates = (0..<60).map { _ in
            Self.segment(
                Int64(random.next() % 1440), level: Int(random.next() % 3), megabytes: Int(random.next() % 2000))
        }
        var merges = 0
        while let due = plan(candidates, atMinute: 4000) {
            let bytes = candidates[due.inputs].reduce(0) { $0 + $1.rawBytes }
            #expect(bytes <= 8 << 30)
            var merged = candidates[due.inputs.lowerBound]
            merged.level = due.level
            merged.rawBytes = bytes
            candidates.replaceSubrange(due.inputs, with: [merged])
            merges += 1
        }
        #expect(merges < 60)
    }
}

private struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ mixed >> 30) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ mixed >> 27) &* 0x94d0_49bb_1331_11eb
        return mixed ^ mixed >> 31
    }
}
