internal import WeirStore
internal import WeirSystem

/// How far a look at a folder is, on a line of a terminal that is written again and again.
struct CareProgressLine {
    func show(_ progress: CareProgress) {
        guard StandardStream.error.isTerminal, progress.bytesTotal > 0 else { return }
        let percent = min(100, progress.bytesDone * 100 / progress.bytesTotal)
        try? StandardStream.error.write(Array("\r\u{1b}[K\(percent) % \(progress.path)".utf8))
    }

    func clear() {
        if StandardStream.error.isTerminal { try? StandardStream.error.write(Array("\r\u{1b}[K".utf8)) }
    }
}
