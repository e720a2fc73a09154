import Testing
import WeirAgent

@Suite struct TailerStateTests {
    private let second: Int64 = 1_000_000_000
    private let timing = TailerState.Timing()

    private func start(offset: Int = 0) -> TailerState {
        TailerState(identity: FileIdentity(device: 1, inode: 2), offset: offset, head: .empty, now: 0)
    }

    @Test func `news is read from the start of the unfinished line`() {
        var state = start(offset: 100)
        #expect(state.observeSize(150, now: 0) == .read(from: 100))
        state.read(upTo: 150, consumedUpTo: 140, now: 0)
        #expect(state.observeSize(150, now: 1) == .lookAtPath)
        #expect(state.observeSize(160, now: 2) == .read(from: 140))
    }

    @Test func `a file smaller than what was read begins anew`() {
        var state = start()
        state.read(upTo: 100, consumedUpTo: 90, now: 0)
        #expect(state.observeSize(99, now: 1) == .restart)
        #expect(state.observeSize(0, now: 1) == .restart)
    }

    @Test func `a file whose path leads elsewhere is detached once and closed after a quiet while`() {
        var state = start()
        state.read(upTo: 10, consumedUpTo: 10, now: 0)
        #expect(state.observePath(.another, now: 100 * second, timing: timing) == .detach)
        #expect(state.observePath(.another, now: 101 * second, timing: timing) == .wait)
        #expect(state.observePath(.another, now: 104 * second, timing: timing) == .wait)
        #expect(state.observePath(.another, now: 105 * second, timing: timing) == .close)
    }

    @Test func `a late writer delays the close`() {
        var state = start()
        _ = state.observePath(.nothing, now: 0, timing: timing)
        state.read(upTo: 10, consumedUpTo: 10, now: 4 * second)
        #expect(state.observePath(.nothing, now: 6 * second, timing: timing) == .wait)
        #expect(state.observePath(.nothing, now: 9 * second, timing: timing) == .close)
    }

    @Test func `the last line of a detached file is handed on before the close`() {
        var state = start()
        state.read(upTo: 10, consumedUpTo: 4, now: 0)
        _ = state.observePath(.another, now: 0, timing: timing)
        #expect(state.observePath(.another, now: 5 * second, timing: timing) == .emitPartial(4..<10))
        state.emittedPartial()
        #expect(state.observePath(.another, now: 5 * second, timing: timing) == .close)
    }

    @Test func `a last line without newline waits for its timeout`() {
        var state = start()
        state.read(upTo: 10, consumedUpTo: 4, now: 0)
        #expect(state.observePath(.same(modified: 7), now: 4 * second, timing: timing) == .wait)
        #expect(state.observePath(.same(modified: 7), now: 5 * second, timing: timing) == .emitPartial(4..<10))
        state.emittedPartial()
        #expect(state.offset == 10)
        #expect(state.observePath(.same(modified: 7), now: 9 * second, timing: timing) == .wait)
        #expect(state.lastModified == 7)
    }

    @Test func `inside an over-long line reading goes on behind what was looked at, and the offset stays at its start`()
    {
        var state = start(offset: 5)
        state.skipped(upTo: 1_000, now: 0)
        #expect(state.observeSize(2_000, now: 1) == .read(from: 1_000))
        #expect(state.offset == 5)
        #expect(state.observePath(.same(modified: 1), now: 100 * second, timing: timing) == .wait)
        state.read(upTo: 1_500, consumedUpTo: 1_500, now: 1)
        #expect(!state.isSkipping)
        #expect(state.observeSize(2_000, now: 1) == .read(from: 1_500))
    }

    @Test func `a head fits every file that begins with it, and no other`() {
        func head(_ text: String) -> HeadFingerprint { Array(text.utf8).withUnsafeBytes { HeadFingerprint(of: $0) } }
        func matches(_ head: HeadFingerprint, _ text: String) -> Bool {
            Array(text.utf8).withUnsafeBytes { head.matches($0) }
        }
        #expect(matches(head("abc"), "abcdef"))
        #expect(!matches(head("abc"), "abd"))
        #expect(!matches(head("abc"), "ab"))
        #expect(matches(.empty, ""))
        let long = String(repeating: "a", count: 3_000)
        #expect(head(long).length == HeadFingerprint.bytesMax)
        #expect(matches(head(long), String(long.prefix(1_024)) + "different"))
    }
}
