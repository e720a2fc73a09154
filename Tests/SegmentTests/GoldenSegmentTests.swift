import Foundation
import Testing
import WeirStore

/// The bytes of one small segment, which docs/formats/segment.md explains. When this test fails, either something broke
/// files that are already on disks, or the format changed on purpose and the page and the file must change with it.
@Suite struct GoldenSegmentTests {
    @Test func `the example of the format page is written byte for byte`() throws {
        let written = try SegmentBytes(Self.blocks + [Self.shapedBlock])
        let dump = Self.dump(written.bytes)
        let golden = try Self.golden("1.1")
        #expect(dump == golden, "written now:\n\(dump)")
    }

    @Test(arguments: ["1.0", "1.1"])
    func `the example of the format page is read back`(version: String) throws {
        let expected = Self.blocks + (version == "1.0" ? [] : [Self.shapedBlock])
        var sound = try SegmentBytes(expected)
        sound.bytes = try Self.golden(version).split(separator: "\n").flatMap { line in
            line.split(separator: " ").dropFirst().compactMap { UInt8($0, radix: 16) }
        }
        #expect(try sound.read().map { try $0.get() } == expected)
    }

    private static let blocks = [
        [
            Row(stream: 7, timestamp: 1_000_000_000, arrival: 5_000_000_000, line: Array("started".utf8)),
            Row(stream: 7, timestamp: 3_000_000_000, arrival: 5_000_000_000, line: Array("stopped".utf8)),
        ],
        [
            Row(
                stream: 9, timestamp: 1_000_000_000, arrival: 5_000_000_000, line: Array("GET /".utf8),
                metadata: [[Array("pod".utf8), Array("a-1".utf8)]]),
            Row(stream: 8, timestamp: 2_000_000_000, arrival: 6_000_000_000, line: []),
        ],
    ]

    /// Lines with a shape of 64 rows, one of 8 rows, and one line kept whole.
    private static let shapedBlock = (0..<73).map { index in
        let line =
            switch index {
            case 0..<64:
                #"{"level":"info","status":\#(200 + index % 3),"id":"\#(String(index * 7 + 4096, radix: 16))"}"#
            case 64..<72: "worker \(index) done in \(index * 3)ms"
            default: "bye"
            }
        return Row(
            stream: 7, timestamp: 4_000_000_000 + Int64(index) * 1_000_000, arrival: 7_000_000_000,
            line: Array(line.utf8))
    }

    private static func golden(_ version: String) throws -> String {
        let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        return try String(contentsOf: tests.appendingPathComponent("Golden/segment-\(version).hex"), encoding: .utf8)
    }

    /// Sixteen bytes a line behind their offset, as `xxd` numbers them.
    private static func dump(_ bytes: [UInt8]) -> String {
        stride(from: 0, to: bytes.count, by: 16).map { start in
            let line = bytes[start..<min(start + 16, bytes.count)].map { hexadecimal(Int($0), digits: 2) }
            return hexadecimal(start, digits: 4) + ": " + line.joined(separator: " ") + "\n"
        }.joined()
    }

    private static func hexadecimal(_ value: Int, digits: Int) -> String {
        let text = String(value, radix: 16)
        return String(repeating: "0", count: digits - text.count) + text
    }
}
