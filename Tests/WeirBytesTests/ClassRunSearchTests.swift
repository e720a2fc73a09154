import Testing
import WeirBytes
import WeirTesting

@Suite struct ClassRunSearchTests {
    private static let digit: [ClosedRange<UInt8>] = [0x30...0x39]
    private static let hex: [ClosedRange<UInt8>] = [0x30...0x39, 0x61...0x66]
    private static let any: [ClosedRange<UInt8>] = [0...255]

    @Test(arguments: 1...8 as ClosedRange<UInt64>)
    func `a run is found where comparing byte by byte finds it`(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        for length in [1, 2, 7, 8, 31, 32] {
            let run = (0..<length).map { _ in [Self.digit, Self.hex, Self.any].randomElement(using: &random)! }
            let search = try #require(ClassRunSearch(run))
            for count in [0, 1, 31, 32, 63, 64, 65, 200, 500] {
                let text = (0..<count).map { _ in Array("0123456789abcdef ".utf8).randomElement(using: &random)! }
                for start in [0, 1, count / 2] where start <= count {
                    let expected = (start..<max(start, count - length + 1)).first { at in
                        run.indices.allSatisfy { index in run[index].contains { $0.contains(text[at + index]) } }
                    }
                    #expect(text.withUnsafeBytes { search.first(in: $0, from: start) } == expected)
                }
            }
        }
    }

    @Test func `a run does not reach behind the text`() throws {
        let search = try #require(ClassRunSearch(Array(repeating: Self.any, count: 4)))
        let text = Array(repeating: UInt8(0), count: 100)
        #expect(text[..<3].withUnsafeBytes { search.first(in: $0) } == nil)
        #expect(text.withUnsafeBytes { search.first(in: $0, from: 96) } == 96)
        #expect(text.withUnsafeBytes { search.first(in: $0, from: 97) } == nil)
    }

    @Test func `runs without bytes or with too many are refused`() {
        #expect(ClassRunSearch([]) == nil)
        #expect(ClassRunSearch(Array(repeating: Self.digit, count: 33)) == nil)
    }
}
