import WeirAPI
import WeirBytes
import WeirModel

/// Any body is a batch whose ranges lie in its arena, or a rejection; what goes into the WAL as it came is the same rows
/// when it is read again.
enum PushFuzz {
    static func testJSON(_ input: UnsafeRawBufferPointer) {
        test(Array(input), type: "application/json")
    }

    /// The input is the message before Snappy, whose checks would keep most mutations from the decoder.
    static func testProtobuf(_ input: UnsafeRawBufferPointer) {
        test(SnappyCodec.compress(Array(input)), type: "application/x-protobuf")
    }

    static func testOTLPJSON(_ input: UnsafeRawBufferPointer) {
        testOTLP(Array(input), type: "application/json")
    }

    static func testOTLPProtobuf(_ input: UnsafeRawBufferPointer) {
        testOTLP(Array(input), type: "application/x-protobuf")
    }

    private static let intake = {
        var limits = PushLimits()
        limits.rejectsOld = false
        return PushIntake(limits: limits)
    }()

    private static func request(_ body: [UInt8], type: String) -> APIRequest {
        APIRequest(
            method: "POST", path: "/", headers: ["content-type": type], body: body,
            arrival: Timestamp(nanoseconds: 1_700_000_000_000_000_000))
    }

    private static func testOTLP(_ body: [UInt8], type: String) {
        guard let push = try? intake.readOTLP(request(body, type: type)).push else { return }
        check(push.batch)
    }

    private static func test(_ body: [UInt8], type: String) {
        guard let push = try? intake.read(request(body, type: type)).push else { return }
        check(push.batch)
        guard let stored = push.body else { return }
        guard let again = try? EncodedBodyDecoder.decode(stored) else {
            fatalError("an accepted body cannot be read again")
        }
        expectSame(push.batch, again)
    }

    private static func check(_ batch: LineBatch) {
        let rows = batch.count
        expect(batch.lineOffsets.count == rows && batch.lineLengths.count == rows, "columns differ in length")
        expect(batch.streamIndexes.count == rows, "columns differ in length")
        expect(batch.metadataEnds.isEmpty || batch.metadataEnds.count == rows, "metadata ends differ in length")
        for row in 0..<rows {
            expectInside(batch, batch.lineOffsets[row], batch.lineLengths[row])
            expect(Int(batch.streamIndexes[row]) < batch.streams.count, "row \(row) has no stream")
            for index in batch.metadataRange(ofRow: row) {
                let pair = batch.metadata[index]
                expectInside(batch, pair.nameOffset, pair.nameLength)
                expectInside(batch, pair.valueOffset, pair.valueLength)
            }
        }
    }

    /// As `precondition`, whose messages are not in release builds.
    private static func expect(_ condition: Bool, _ message: @autoclosure () -> String) {
        if !condition { fatalError(message()) }
    }

    private static func expectInside(_ batch: LineBatch, _ offset: UInt32, _ length: UInt32) {
        expect(Int(offset) + Int(length) <= batch.bytes.count, "\(offset) + \(length) leaves the arena")
    }

    private static func expectSame(_ left: LineBatch, _ right: LineBatch) {
        expect(left.timestamps == right.timestamps && left.streams == right.streams, "read again differs")
        for row in 0..<left.count {
            expect(left.lineText(ofRow: row) == right.lineText(ofRow: row), "line \(row) differs")
            expect(left.metadataLabels(ofRow: row) == right.metadataLabels(ofRow: row), "metadata \(row) differs")
            expect(left.streamIndexes[row] == right.streamIndexes[row], "stream \(row) differs")
        }
    }
}
