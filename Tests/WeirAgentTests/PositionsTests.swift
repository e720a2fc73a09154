import Testing
import WeirAgent

@Suite struct PositionsTests {
    private func decode(_ text: String) throws -> [PositionRecord] { try PositionsText.decode(Array(text.utf8)) }

    @Test func `what was written is read again`() throws {
        let records = [
            PositionRecord(
                path: "/var/log/a.log", identity: FileIdentity(device: 2049, inode: 131_077),
                head: HeadFingerprint(length: 1_024, hash: 0x9ae1_6a3b_2f90_404f), offset: 8_412),
            PositionRecord(
                path: "/var/log/we\"ird\\ \u{1} é: name.log", identity: FileIdentity(device: 1, inode: .max),
                head: .empty, offset: 0, isDetached: true),
            PositionRecord(path: "/var/log/z.log", identity: nil, offset: 77),
        ]
        #expect(try PositionsText.decode(PositionsText.encode(records)) == records)
        #expect(try PositionsText.decode(PositionsText.encode([])) == [])
    }

    @Test func `Promtail's file is read, entries of journals and containers left out`() throws {
        let records = try decode(
            """
            positions:
              /var/log/a.log: "123"
              "/var/log/b: c.log": "4"
              '/var/log/it''s.log': "5"
              cursor-0a1b: "1700000000"
              journal-system: s=abc;i=1

            """)
        #expect(records.map(\.path) == ["/var/log/a.log", "/var/log/b: c.log", "/var/log/it's.log"])
        #expect(records.map(\.offset) == [123, 4, 5])
        #expect(try decode("positions: {}\n") == [])
        #expect(try decode("") == [])
    }

    @Test func `a damaged file is refused with the line`() throws {
        #expect(throws: PositionsError(line: 2, text: "/var/log/a.log")) {
            try decode("positions:\n  /var/log/a.log\n")
        }
        #expect(throws: PositionsError.self) { try decode("positions:\n  \"/a\": \"-1\"\n") }
        #expect(throws: PositionsError.self) { try decode("\0\0\0\0") }
        #expect(throws: PositionsError.self) { try decode("positions:\n  \"/a\": \"1\" # file x:1 head 0:0\n") }
    }

    @Test func `the position is what was acknowledged, not what was read`() {
        var positions = Positions([])
        let key = FileKey(1)
        let identity = FileIdentity(device: 1, inode: 1)
        positions.begin(key, PositionRecord(path: "/a", identity: identity, offset: 0))
        positions.saved()
        #expect(!positions.needsSave)
        positions.acknowledge(key, offset: 10)
        #expect(positions.records.map(\.offset) == [10])
        #expect(positions.needsSave)
        #expect(!positions.needsSaveNow)
    }

    @Test func `a truncated file's late acknowledgements do not count for what came after`() {
        var positions = Positions([])
        let identity = FileIdentity(device: 1, inode: 1)
        positions.begin(FileKey(1), PositionRecord(path: "/a", identity: identity, offset: 0))
        positions.abandon(FileKey(1))
        positions.begin(FileKey(2), PositionRecord(path: "/a", identity: identity, offset: 0))
        positions.acknowledge(FileKey(1), offset: 500)
        #expect(positions.records.map(\.offset) == [0])
    }

    @Test func `a finished file keeps its record until it is delivered and gone`() {
        var positions = Positions([])
        let identity = FileIdentity(device: 1, inode: 1)
        positions.begin(FileKey(1), PositionRecord(path: "/a", identity: identity, offset: 0))
        positions.finish(FileKey(1), end: 10)
        positions.prune(existing: [])
        #expect(positions.records.count == 1)
        positions.acknowledge(FileKey(1), offset: 10)
        positions.prune(existing: [identity])
        #expect(positions.records.count == 1)
        positions.prune(existing: [])
        #expect(positions.records.isEmpty)
    }

    @Test func `records of the last run stay until their files are found`() {
        let record = PositionRecord(path: "/a", identity: FileIdentity(device: 1, inode: 1), offset: 5)
        var positions = Positions([record])
        #expect(positions.inherited(identity: FileIdentity(device: 1, inode: 1)) == record)
        #expect(positions.records == [record])
        positions.begin(FileKey(1), record)
        #expect(positions.inherited.isEmpty)
        #expect(positions.records == [record])
    }
}
