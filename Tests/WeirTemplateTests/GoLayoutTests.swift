import Testing
import WeirTemplate

@Suite struct GoLayoutTests {
    private static let time = TemplateTime(seconds: 1_700_000_000, nanoseconds: 123_400_000)

    private func check(_ layout: String, _ expected: String) {
        #expect(GoLayout.format(Self.time, layout) == expected)
    }

    private func parse(_ text: String, _ layout: String) -> String? {
        GoLayout.parse(text, layout) { _ in (0, "UTC") }.map {
            GoLayout.format($0, "2006-01-02T15:04:05.999999999Z07:00")
        }
    }

    @Test func `times are written by example`() {
        check("2006-01-02 15:04:05", "2023-11-14 22:13:20")
        check("Mon Jan _2 15:04:05 2006", "Tue Nov 14 22:13:20 2023")
        check("Monday, 02-Jan-06 03:04PM MST", "Tuesday, 14-Nov-23 10:13PM UTC")
        check("2006-01-02T15:04:05.999999999Z07:00", "2023-11-14T22:13:20.1234Z")
        check("15:04:05.000 -0700 002", "22:13:20.123 +0000 318")
    }

    @Test func `times are read by example`() {
        #expect(parse("2024-02-29 00:00:01", "2006-01-02 15:04:05") == "2024-02-29T00:00:01Z")
        #expect(parse("Nov  4 2021 3:07AM", "Jan _2 2006 3:04PM") == "2021-11-04T03:07:00Z")
        #expect(parse("2021-07-02T10:00:00.25+02:00", "2006-01-02T15:04:05Z07:00") == "2021-07-02T10:00:00.25+02:00")
        #expect(parse("70-366", "06-002") == nil)
        #expect(parse("2023-02-29", "2006-01-02") == nil)
        #expect(parse("2023-02-28x", "2006-01-02") == nil)
    }

    @Test func `days of eight hundred years are read back`() {
        for day in stride(from: Int64(-200_000), to: 92_000, by: 13) {
            let text = GoLayout.format(TemplateTime(seconds: day * 86_400), "2006-01-02")
            #expect(GoLayout.parse(text, "2006-01-02") { _ in (0, "UTC") }?.seconds == day * 86_400)
        }
    }
}
