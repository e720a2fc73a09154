import LogQL
import Testing
import WeirModel

/// Which lines pass a line filter, line by line and over whole blocks of lines.
@Suite struct LineFilterTests {
    private static let lines = [
        "error: disk full", "warn: disk slow", "Error at boot", "ok", "", "a.b", "axb", "status=500 took 3s",
        "foo bar baz",
        "peer 10.1.2.3:80 left", "the end",
    ]

    private func passing(_ filter: String, batchRowsMax: Int) async -> [Int] {
        var script = QueryScript(batchRowsMax: batchRowsMax)
        script.push(["app": "web"], LineFilterTests.lines)
        let found = await script.answer("{app=\"web\"} \(filter)", QueryScript.range(0, 100, 1), direction: .forward)
        return found.dropFirst().map { Int($0.split(separator: " ")[0])! }
    }

    @Test(arguments: [1, 100])
    func `lines pass by their bytes`(batchRowsMax: Int) async {
        func check(
            _ filter: String, _ expected: [Int], sourceLocation: SourceLocation = #_sourceLocation
        ) async {
            let found = await passing(filter, batchRowsMax: batchRowsMax)
            #expect(found == expected, "\(filter)", sourceLocation: sourceLocation)
        }
        let all = Array(0..<LineFilterTests.lines.count)
        await check(#"|= "disk""#, [0, 1])
        await check(#"!= "disk""#, [2, 3, 4, 5, 6, 7, 8, 9, 10])
        await check(#"|= "disk" |= "full""#, [0])
        await check(#"|= "disk" != "full""#, [1])
        await check(#"|= "full" or "slow""#, [0, 1])
        await check(#"!= "disk" or "o""#, [4, 5, 6, 9, 10])
        await check(#"|= """#, all)
        await check(#"!= """#, [])
        await check(#"|~ "(?i)ERROR""#, [0, 2])
        await check(#"|~ "a\\.b""#, [5])
        await check(#"|~ "a.b""#, [5, 6])
        await check(#"|~ "status=5\\d\\d took""#, [7])
        await check(#"!~ "^[a-z]""#, [2, 4])
        await check(#"|~ "disk|boot""#, [0, 1, 2])
        await check(#"|~ ".+""#, all.filter { $0 != 4 })
        await check(#"|> "bar<_>""#, [8])
        await check(#"|> "bar baz""#, [8])
        await check(#"|> "foo""#, [])
        await check(#"|> "<_>disk<_>""#, [0, 1])
        await check(#"!> "<_>disk<_>""#, [2, 3, 4, 5, 6, 7, 8, 9, 10])
        await check(#"|= ip("10.0.0.0/8")"#, [9])
        await check(#"|=i "ERROR""#, [0, 2])
        await check(#"|=i "A.B""#, [5])
        await check(#"|=i "DISK F" or "BOOT""#, [0, 2])
        await check(#"!=i "O" or "DISK""#, [4, 5, 6, 9, 10])
        await check(#"|=i """#, all)
        await check(#"!=i """#, [])
    }

    @Test func `a bad pattern names its stage`() async {
        let found = await QueryScript().answer(#"{app="web"} |~ "(""#, QueryScript.range(0, 10, 1))
        #expect(found == ["error: parse error : stage '|~ \"(\"' : error parsing regexp: missing closing ): `(`"])
    }
}
