import Testing
import WeirSystem
import WeirTesting

@Suite struct FileEventsTests {
    private func create(_ path: String) throws {
        try PosixFileSystem().open(path, .create).close()
    }

    @Test func `a name that appears, moves or goes ends a wait`() throws {
        let folder = TemporaryFolder()
        let events = FileEvents()
        events.watch([folder.path])
        #expect(events.wait(upTo: .zero) == .none)
        try create(folder.path + "/a")
        #expect(events.wait(upTo: .seconds(60)) == .changed)
        #expect(events.wait(upTo: .zero) == .none)
        try folder.files.rename(folder.path + "/a", to: folder.path + "/b")
        #expect(events.wait(upTo: .seconds(60)) == .changed)
    }

    @Test func `a folder that is no longer watched ends no wait`() throws {
        let (old, new) = (TemporaryFolder(), TemporaryFolder())
        let events = FileEvents()
        events.watch([old.path])
        events.watch([new.path])
        // Ending a watch is an event of its own.
        _ = events.wait(upTo: .zero)
        try create(old.path + "/a")
        #expect(events.wait(upTo: .zero) == .none)
        try create(new.path + "/a")
        #expect(events.wait(upTo: .seconds(60)) == .changed)
    }

    @Test func `a folder that comes back under its name is watched again`() throws {
        let parent = TemporaryFolder()
        let path = parent.path + "/logs"
        try parent.files.createFolder(path)
        let events = FileEvents()
        events.watch([path])
        try parent.files.removeFolder(path)
        #expect(events.wait(upTo: .seconds(60)) == .changed)
        try parent.files.createFolder(path)
        events.watch([path])
        try create(path + "/a")
        #expect(events.wait(upTo: .seconds(60)) == .changed)
    }

    @Test func `waking ends one wait, also one that has not begun`() {
        let events = FileEvents()
        events.wake()
        events.wake()
        #expect(events.wait(upTo: .seconds(3_600)) == .none)
    }

    @Test func `a folder that is not there is passed over`() {
        let events = FileEvents()
        events.watch(["/nowhere/at/all"])
        #expect(events.wait(upTo: .zero) == .none)
    }
}
