import Testing
import WeirAlerts
import WeirModel
import WeirTemplate

@Suite struct MuteIntervalTests {
    private let zones = ZoneCache { _ in nil }

    /// 2026-11-21 is a Saturday.
    private func instant(_ day: Int, _ hour: Int, _ minute: Int = 0) -> Timestamp {
        // Days since 1970 of 2026-11-01, a Sunday.
        Timestamp(nanoseconds: Int64((20_758 + day - 1) * 86_400 + hour * 3600 + minute * 60) * 1_000_000_000)
    }

    private func holds(_ instant: Timestamp, _ change: (inout MuteInterval.Part) -> Void) -> Bool {
        var part = MuteInterval.Part()
        change(&part)
        return MuteInterval(name: "x", parts: [part]).contains(instant, zones: zones)
    }

    @Test func `hours end before their last minute`() {
        let hours: (inout MuteInterval.Part) -> Void = { $0.minutes = [9 * 60..<17 * 60] }
        #expect(!holds(instant(21, 8, 59), hours) && holds(instant(21, 9), hours))
        #expect(holds(instant(21, 16, 59), hours) && !holds(instant(21, 17), hours))
    }

    @Test func `weekdays count from Sunday`() {
        #expect(holds(instant(21, 12)) { $0.weekdays = [6...6] })
        #expect(!holds(instant(21, 12)) { $0.weekdays = [1...5] })
        #expect(holds(instant(1, 0)) { $0.weekdays = [0...0] })
    }

    @Test func `negative days count from the end of the month`() {
        #expect(holds(instant(30, 1)) { $0.monthDays = [.init(first: -1, last: -1)] })
        #expect(!holds(instant(29, 1)) { $0.monthDays = [.init(first: -1, last: -1)] })
        #expect(holds(instant(30, 1)) { $0.monthDays = [.init(first: 25, last: 31)] })
    }

    @Test func `all conditions must hold, and one of each`() {
        let part: (inout MuteInterval.Part) -> Void = {
            $0.months = [1...2, 11...11]
            $0.years = [2026...2027]
        }
        #expect(holds(instant(5, 3), part))
        #expect(!holds(instant(5, 3)) { $0.months = [1...10] })
        #expect(!MuteInterval(name: "none", parts: []).contains(instant(5, 3), zones: zones))
    }
}
