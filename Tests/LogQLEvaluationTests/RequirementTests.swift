import LogQL
import Testing
import WeirModel
import WeirTesting

/// What a query tells the store of the lines it wants.
@Suite struct RequirementTests {
    private func explained(_ filters: String) throws -> [String] {
        let request = QueryRequest(text: "{app=\"web\"} \(filters)", time: QueryScript.range(0, 10, 1))
        return try QueryEngine.explain(request).flatMap(\.lines).filter { $0.hasPrefix("blocks must hold: ") }
            .map { String($0.dropFirst("blocks must hold: ".count)) }
    }

    @Test(arguments: [
        (
            #"|~ "zq[0-2]+xx[a-cx]{3}""#,
            [
                #""zq""#, #""zq0" or "zq1" or "zq2""#, #""xx""#, #""0xx" or "1xx" or "2xx""#,
                #""xxa" or "xxb" or "xxc" or "xxx""#,
            ]
        ),
        (#"|~ "status\":5[56]{2}""#, [#""status\":5""#, #""status\":55" or "status\":56""#]),
        (#"|~ "id [0-9a-zA-Z]+ [^a] []-] [a\\-c]""#, [#""id ""#, #"" -" or " ]""#, #""- " or "] ""#]),
        (#"|~ "(ab[xy])+c?d[12]""#, [#""ab""#, #""abx" or "aby""#, #""d1" or "d2""#]),
        (#"|~ "(ab[xy]|cd)e""#, [#""ab" or "cd""#, #""e""#]),
        (
            #"|~ "(error|warning): .*disk (full|slow)""#,
            [#""error: " or "warning: ""#, #""disk ""#, #""disk full" or "disk slow""#]
        ),
        (#"|~ "(foo.*bar|bazaar)[0-9]""#, [#""foo" or "bazaar""#]),
        (#"|~ "(?i)Timeout after""#, [#""timeout after", in any case"#]),
        (#"|~ "ab*cd+""#, [#""a""#]),
        (#"|~ "x(abc)+y{0,3}z{2}""#, [#""abc""#]),
        (#"|~ "a|.""#, []),
        (#"|= "one" or "two""#, [#""one" or "two""#]),
        (#"|= "one" |= "two" != "three""#, [#""one""#, #""two""#]),
        (#"|= "" or "two""#, []),
    ])
    func `filters tell which texts a block must hold`(filters: String, texts: [String]) throws {
        let found = try explained(filters)
        #expect(found.sorted() == texts.sorted())
    }

    @Test(arguments: [UInt64(1), 2, 3, 4, 5])
    func `requirements of random patterns leave out no line`(seed: UInt64) async {
        var random = SeededGenerator(seed: seed)
        func pick(_ parts: [String]) -> String { parts[Int(random.next() % UInt64(parts.count))] }
        let words = ["ab", "abc", "x", "Kind", "mask", "fo", "o", "b c", "", "1", "22"]
        var plain = QueryScript(batchRowsMax: 1, skipsBlocks: false)
        var skipping = QueryScript(batchRowsMax: 1, skipsBlocks: true)
        let lines = (0..<60).map { _ in (0..<5).map { _ in pick(words + ["\u{212A}ind", "ma\u{17F}k"]) }.joined() }
        plain.push(["app": "web"], lines)
        skipping.push(["app": "web"], lines)
        func pattern(_ depth: Int) -> String {
            let atom =
                depth > 0 && random.next() % 3 == 0
                ? "(\(pattern(depth - 1))|\(pattern(depth - 1)))"
                : pick(words + ["[a-f]", "[kb1]", "[^a]", ".", "\\\\d"])
            let repetition =
                atom.count == 1 || atom.hasSuffix(")") ? pick(["", "", "+", "*", "?", "{1,2}", "{0,1}"]) : ""
            return atom + repetition + (random.next() % 2 == 0 ? pattern(max(depth - 1, 0)) : "")
        }
        for _ in 0..<40 {
            let query =
                "{app=\"web\"} |~ \"\(pick(["", "(?i)"]))\(pattern(2))\" \(pick(["", "or \"ab\"", "|~ \"x|b\""]))"
            let range = QueryScript.range(0, 100, 1)
            #expect(await skipping.answer(query, range) == plain.answer(query, range), "\(query)")
        }
    }
}
