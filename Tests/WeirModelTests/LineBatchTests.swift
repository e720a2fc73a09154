import Testing
import WeirModel

@Suite struct LineBatchTests {
    @Test func `rows give back line, time and stream`() {
        var batch = LineBatch()
        batch.streams = [["app": "a"], ["app": "b"]]
        batch.appendRow(stream: 0, timestamp: 5, copying: Array("first".utf8))
        batch.appendRow(stream: 1, timestamp: 6, copying: [])
        #expect(batch.count == 2)
        #expect(batch.lineText(ofRow: 0) == "first")
        #expect(batch.lineText(ofRow: 1) == "")
        #expect(batch.streams[Int(batch.streamIndexes[1])] == ["app": "b"])
        #expect(batch.lineBytes == 5)
    }

    @Test func `metadata belongs to the row added after it, and rows before it have none`() {
        var batch = LineBatch()
        batch.streams = [["app": "a"]]
        batch.appendRow(stream: 0, timestamp: 1, copying: Array("plain".utf8))
        batch.addMetadata(name: Array("trace".utf8), value: Array("abc".utf8))
        batch.addMetadata(name: Array("user".utf8), value: Array("u1".utf8))
        batch.appendRow(stream: 0, timestamp: 2, copying: Array("rich".utf8))
        batch.appendRow(stream: 0, timestamp: 3, copying: Array("plain again".utf8))
        #expect(batch.metadataLabels(ofRow: 0) == [])
        #expect(batch.metadataLabels(ofRow: 1) == [Label("trace", "abc"), Label("user", "u1")])
        #expect(batch.metadataLabels(ofRow: 2) == [])
    }

    @Test func `metadata of the very first row is kept`() {
        var batch = LineBatch()
        batch.addMetadata(name: Array("a".utf8), value: Array("b".utf8))
        batch.appendRow(stream: 0, timestamp: 1, copying: [])
        batch.appendRow(stream: 0, timestamp: 2, copying: [])
        #expect(batch.metadataLabels(ofRow: 0) == [Label("a", "b")])
        #expect(batch.metadataRange(ofRow: 1).isEmpty)
    }
}
