import Foundation
import Testing
import WeirStore

/// The bytes of one small segment, which docs/formats/segment.md explains. When this test fails, either something broke
/// files that are already on disks, or the format changed on purpose and the page and the file must change with it.
@Suite struct GoldenSegmentTests {
    @Test func `the example of the format page is written byte for byte`() throws {
        let written = try SegmentBytes(Self.blocks)
        let dump = Self.dump(written.bytes)
        let golden = try Self.golden()
        #expect(dump == golden, "written now:\n\(dump)")
    }

    @Test func `the example of the format page is read back`() throws {
        var sound = try SegmentBytes(Self.blocks)
        sound.bytes = try Self.golden().split(separator: "\n").flatMap { line in
            line.split(separator: " ").dropFirst().compactMap { UInt8($0, radix: 16) }
        }
        #expect(try sound.read().map { try $0.get() } == Self.blocks)
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

    private static func golden() throws -> String {
        let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        return try String(contentsOf: tests.appendingPathComponent("Golden/segment-1.0.hex"), encoding: .utf8)
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
