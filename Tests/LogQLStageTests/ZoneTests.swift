import Testing
import WeirSystem

/// Time zones of `toDateInZone`, from a small file built here and from the system's.
@Suite struct ZoneTests {
    /// A zone that changed once, in September 2001, from `AAA` (+1) to `BBB` (+2), and follows a rule since.
    private static func file(rule: String) -> [UInt8] {
        func header(transitions: UInt8, types: UInt8, nameBytes: UInt8) -> [UInt8] {
            Array("TZif2".utf8) + [UInt8](repeating: 0, count: 15 + 12)
                + [0, 0, 0, transitions, 0, 0, 0, types, 0, 0, 0, nameBytes]
        }
        var bytes = header(transitions: 0, types: 0, nameBytes: 0) + header(transitions: 1, types: 2, nameBytes: 8)
        bytes += withUnsafeBytes(of: Int64(1_000_000_000).bigEndian) { Array($0) } + [1]
        for (offset, isSummer, name) in [(3600, 0, 0), (7200, 0, 4)] as [(Int32, UInt8, UInt8)] {
            bytes += withUnsafeBytes(of: offset.bigEndian) { Array($0) } + [isSummer, name]
        }
        return bytes + Array("AAA\0BBB\0\n\(rule)\n".utf8)
    }

    private func seconds(_ local: String, _ file: [UInt8]?, zone: String = "Test/Zone") async -> Int64? {
        let check = StageCheck(["x"]) { $0 == zone ? file : nil }
        let template = #"{{ toDateInZone "2006-01-02 15:04" "\#(zone)" "\#(local)" | unixEpoch }}"#
        let found = await check.answer("| line_format `\(template)`")
        return found.first.flatMap { Int64($0.dropFirst(3)) }
    }

    @Test(
        arguments: [
            ("2000-01-01 12:00", 946_728_000, 3600), ("2002-01-01 12:00", 1_009_886_400, 10_800),
            ("2030-01-01 12:00", 1_893_499_200, 10_800), ("2030-07-01 12:00", 1_909_137_600, 14_400),
        ] as [(String, Int64, Int64)])
    func `listed changes hold, and behind them the rule`(local: String, asUTC: Int64, ahead: Int64) async {
        let file = ZoneTests.file(rule: "CCC-3DDD,M3.5.0,M10.5.0/3")
        #expect(await seconds(local, file) == asUTC - ahead)
    }

    @Test(arguments: [
        // The last Sunday of March 2030 is the 31st; clocks go from 2:00 to 3:00.
        ("CCC-3DDD,M3.5.0,M10.5.0/3", "2030-03-31 01:59", 3), ("CCC-3DDD,M3.5.0,M10.5.0/3", "2030-03-31 03:01", 4),
        // Summer over the turn of the year, as in the south.
        ("EEE-10FFF,M10.1.0,M4.1.0/3", "2030-01-15 00:00", 11), ("EEE-10FFF,M10.1.0,M4.1.0/3", "2030-07-15 00:00", 10),
        // March 1st is day 60 in every year, and day 59 or 60 counted from 0 with leap days.
        ("GGG0HHH,J60/0,J300/0", "2028-03-01 12:00", 1), ("GGG0HHH,J60/0,J300/0", "2028-02-29 12:00", 0),
        ("GGG0HHH,59/0,300/0", "2028-02-29 12:00", 1), ("<+05>-5", "2030-01-01 00:00", 5),
        ("<-03>3", "2030-07-01 00:00", -3),
    ])
    func `rules of every form are understood`(rule: String, local: String, ahead: Int64) async throws {
        let file = ZoneTests.file(rule: rule)
        let utc = try #require(await seconds(local, nil))
        #expect(await seconds(local, file) == utc - ahead * 3600)
    }

    @Test(arguments: ["CCC-3DDD", "X", "CCC-3DDD,M13.5.0,M10.5.0", "CCC-3DDD,M3.5.0,M10.5.0/200", ""])
    func `without a rule the last change goes on`(rule: String) async {
        #expect(await seconds("2030-01-01 12:00", ZoneTests.file(rule: rule)) == 1_893_499_200 - 7200)
    }

    @Test func `files that are cut off anywhere leave UTC or a zone, never a crash`() async {
        let whole = ZoneTests.file(rule: "CCC-3DDD,M3.5.0,M10.5.0/3")
        for length in 0..<whole.count {
            #expect(await seconds("2030-01-01 12:00", Array(whole[..<length])) != nil)
        }
    }

    @Test(arguments: ["../../etc/passwd", "/etc/localtime", "Europe/../../x", "a.b", ""])
    func `names that lead outside are not asked for`(zone: String) async {
        #expect(await seconds("2030-01-01 12:00", ZoneTests.file(rule: "<+05>-5"), zone: zone) == 1_893_499_200)
    }

    private static let system = try? PosixFileSystem().contents(of: "/usr/share/zoneinfo/Europe/Berlin")

    @Test(.enabled(if: ZoneTests.system != nil))
    func `the system's zones are read`() async {
        #expect(await seconds("2026-07-01 12:00", ZoneTests.system) == 1_782_900_000)
        #expect(await seconds("2026-01-01 12:00", ZoneTests.system) == 1_767_265_200)
        #expect(await seconds("2090-07-01 12:00", ZoneTests.system) == 3_802_586_400)
    }
}
