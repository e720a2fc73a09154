internal import Logging
internal import WeirAgent
internal import WeirModel
internal import WeirSystem

/// Follows the machine's journal through `journalctl`, and goes on where it was.
///
/// A reader that ends, as after damage to a journal file, is started again behind the last entry.
struct JournalReceiver: Sendable {
    let configuration: JournalConfiguration
    let job: String
    /// Where the place in the journal is kept.
    let cursorPath: String
    let fan: InboxFan
    let logger: Logger

    /// Reads until cancelled.
    ///
    /// - Throws: when there is no `journalctl`.
    func run() async throws {
        let thread = WorkExecutor(name: "weir-journal", threads: 1)
        defer { thread.shutdown() }
        var cursor = savedCursor()
        var pause = Duration.seconds(1)
        while true {
            let child: ChildProcess
            do {
                child = try ChildProcess(command(after: cursor))
            } catch {
                throw StartFailure("\(error); the journal is read with journalctl, which systemd brings")
            }
            let before = cursor
            try await withTaskCancellationHandler {
                try await follow(child, on: thread, cursor: &cursor)
            } onCancel: {
                child.end()
            }
            child.end()
            try Task.checkCancellation()
            pause = cursor == before ? min(pause * 2, .seconds(60)) : .seconds(1)
            logger.warning("journalctl ended, it is started again", metadata: ["job": "\(job)"])
            try await Task.sleep(for: pause)
        }
    }

    private func command(after cursor: String) -> [String] {
        var command = ["journalctl", "--output=json", "--all", "--follow", "--no-pager", "--quiet", "--lines=all"]
        if cursor.isEmpty {
            command.append("--since=-\(configuration.ageMax.components.seconds)s")
        } else {
            command.append("--after-cursor=" + cursor)
        }
        if !configuration.path.isEmpty { command.append("--directory=" + configuration.path) }
        return command + configuration.matches
    }

    private func follow(_ child: ChildProcess, on thread: WorkExecutor, cursor: inout String) async throws {
        var pending: [UInt8] = []
        var unsaved: (receipt: InboxFan.Receipt, cursor: String)?
        while true {
            let chunk = try await thread.run { child.read() }
            guard !chunk.isEmpty else { break }
            pending += chunk
            guard let end = pending.lastIndex(of: UInt8(ascii: "\n")) else { continue }
            var lines: [ReceivedLine] = []
            for text in pending[..<end].split(separator: UInt8(ascii: "\n")) {
                // An entry that cannot be read costs only itself.
                guard let entry = JournalEntry(Array(text)) else { continue }
                cursor = entry.cursor
                if let line = line(of: entry, text) { lines.append(line) }
            }
            pending.removeFirst(end + 1)
            guard let receipt = try await fan.deliver(lines, job: job) else { return }
            if let known = unsaved, known.receipt.isSafe {
                save(known.cursor)
                unsaved = nil
            }
            if unsaved == nil { unsaved = (receipt, cursor) }
        }
    }

    private func line(of entry: JournalEntry, _ text: ArraySlice<UInt8>) -> ReceivedLine? {
        guard let line = configuration.keepsWholeEntry ? Array(text) : entry.message else { return nil }
        return ReceivedLine(
            labels: configuration.labels.adding(entry.metaLabels), timestamp: entry.timestamp, line: line)
    }

    private func savedCursor() -> String {
        let files = PosixFileSystem()
        guard let bytes = try? files.contents(of: cursorPath) else { return "" }
        return String(decoding: bytes.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
    }

    private func save(_ cursor: String) {
        do {
            try AtomicReplace.write(Array((cursor + "\n").utf8), to: cursorPath, on: PosixFileSystem())
        } catch {
            logger.warning("the place in the journal is not saved", metadata: ["reason": "\(error)"])
        }
    }
}
