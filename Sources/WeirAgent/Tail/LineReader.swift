/// Takes the records of one path apart: what is between the bytes of a file and the entries that go through stages.
struct LineReader {
    /// The stages behind it.
    var runner: StageRunner
    /// What happened to records since the last look.
    private(set) var linesRead = 0
    private(set) var parsingErrors = 0
    private(set) var linesCut = 0

    private var joiner = PartialJoiner()
    /// Whether the file is one of Docker's.
    let isDockerLog: Bool
    private let lineBytesMax: Int

    /// - Parameter isDockerLog: whether the file is one of Docker's: pieces are then joined and times taken from
    ///   records even where no stage takes the records apart.
    init(_ runner: StageRunner, isDockerLog: Bool, lineBytesMax: Int) {
        self.runner = runner
        self.isDockerLog = isDockerLog
        self.lineBytesMax = lineBytesMax
    }

    /// The earliest point that something held back still needs; nil when nothing is held.
    var earliestHeld: FilePoint? {
        guard let joined = joiner.earliest else { return runner.earliestHeld }
        return runner.earliestHeld.map { min($0, joined) } ?? joined
    }

    /// Takes all whole lines of a buffer.
    ///
    /// - Parameters:
    ///   - start: where the buffer's first byte lies.
    ///   - now: the instant of reading; lines without a time of their own get it, each one nanosecond later.
    /// - Returns: the bytes taken, up to and with the last newline.
    mutating func take(
        _ bytes: UnsafeRawBufferPointer, start: FilePoint, now: Int64, _ scratch: inout ScratchArena,
        _ batch: inout PushBatch
    ) -> Int {
        var position = 0
        var readTime = now
        while let end = LineSplitter.newline(bytes, from: position) {
            let point = FilePoint(file: start.file, offset: start.offset + position)
            scratch.reset()
            takeLine(bytes.part(position..<end), point, readTime, &scratch, &batch)
            position = end + 1
            // Equal lines at the same instant would count as one entry.
            readTime &+= 1
        }
        return position
    }

    /// Takes one line without its newline.
    mutating func takeLine(
        _ line: UnsafeRawBufferPointer, _ point: FilePoint, _ readTime: Int64, _ scratch: inout ScratchArena,
        _ batch: inout PushBatch
    ) {
        linesRead += 1
        switch runner.record {
        case .docker: takeDocker(line, point, readTime, &scratch, &batch)
        case .cri: takeCRI(line, point, readTime, &scratch, &batch)
        case .plain where isDockerLog: takeRawDocker(line, point, readTime, &scratch, &batch)
        case .plain: emit(line, nil, readTime, readTime, point, &scratch, &batch)
        }
    }

    /// Counts a line of which only the start was handed on.
    mutating func countCut() { linesCut += 1 }

    /// Hands on what is held and will not be completed: pieces without an end and blocks without a next line.
    mutating func flush(
        now: Int64, olderThan age: Int64, all: Bool, _ scratch: inout ScratchArena, _ batch: inout PushBatch
    ) {
        if !joiner.isEmpty {
            for output in joiner.outputs(lastReadBefore: all ? .max : now - age) {
                guard let held = joiner.take(output) else { continue }
                scratch.reset()
                emitHeld(held, output, now, &scratch, &batch)
            }
        }
        runner.flushBlocks(now: now, all: all, &scratch, &batch)
    }

    /// Returns what was counted since the last call.
    mutating func takeCounts() -> (linesRead: Int, parsingErrors: Int, linesCut: Int) {
        defer { (linesRead, parsingErrors, linesCut) = (0, 0, 0) }
        return (linesRead, parsingErrors, linesCut)
    }

    // MARK: Docker

    private mutating func takeDocker(
        _ line: UnsafeRawBufferPointer, _ point: FilePoint, _ readTime: Int64, _ scratch: inout ScratchArena,
        _ batch: inout PushBatch
    ) {
        guard let record = DockerLine(line) else {
            parsingErrors += 1
            return emit(line, nil, readTime, readTime, point, &scratch, &batch)
        }
        let stream = line.part(record.stream)
        let timestamp = RFC3339Time.parse(line.part(record.time)) ?? readTime
        let output = PartialJoiner.Output(stream)
        if record.isPiece(line) {
            joiner.add(
                line.part(record.log), to: output, at: point, timestamp: timestamp, now: readTime, limit: lineBytesMax)
            return
        }
        var text = line.part(record.body)
        var start = point
        if let held = joiner.take(output) {
            text = splice(held, text, &scratch)
            start = held.start
        } else if record.isPlain {
            return emit(text, stream, timestamp, readTime, point, &scratch, &batch)
        }
        let plain = unescape(text, &scratch)
        // Terminals end lines with \r\n; the carriage return is no part of the line.
        let trimmed = plain.last == UInt8(ascii: "\r") ? plain.part(0..<plain.count - 1) : plain
        emit(trimmed, stream, timestamp, readTime, start, &scratch, &batch)
    }

    /// Docker's records where the pipeline takes them apart itself: pieces are joined into one record by splicing the
    /// escaped text, and everything else of the last record stays as it is.
    private mutating func takeRawDocker(
        _ line: UnsafeRawBufferPointer, _ point: FilePoint, _ readTime: Int64, _ scratch: inout ScratchArena,
        _ batch: inout PushBatch
    ) {
        guard let record = DockerLine(line) else {
            return emit(line, nil, readTime, readTime, point, &scratch, &batch)
        }
        let time = RFC3339Time.parse(line.part(record.time))
        let timestamp = time ?? readTime
        let output = PartialJoiner.Output(line.part(record.stream))
        if record.isPiece(line) {
            joiner.add(
                line.part(record.log), to: output, at: point, timestamp: timestamp, now: readTime, limit: lineBytesMax)
            return
        }
        guard let held = joiner.take(output) else {
            return runner.acceptRecord(
                record, line, timestamp: time, readTime: readTime, start: point, &scratch, &batch)
        }
        var joined: [UInt8] = []
        joined.reserveCapacity(line.count + held.text.count)
        joined.append(contentsOf: line[..<record.log.lowerBound])
        joined.append(contentsOf: held.text)
        joined.append(contentsOf: line[record.log.lowerBound...])
        if held.isCut { linesCut += 1 }
        emit(scratch.copy(joined), nil, timestamp, readTime, held.start, &scratch, &batch)
    }

    /// Hands on a line whose end never came, in the form that the stages expect.
    private mutating func emitHeld(
        _ held: PartialJoiner.Held, _ output: PartialJoiner.Output, _ now: Int64, _ scratch: inout ScratchArena,
        _ batch: inout PushBatch
    ) {
        if held.isCut { linesCut += 1 }
        let name: StaticString = output == .stderr ? "stderr" : "stdout"
        let stream = UnsafeRawBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount)
        let text = scratch.copy(held.text)
        switch runner.record {
        case .docker:
            emit(unescape(text, &scratch), stream, held.timestamp, now, held.start, &scratch, &batch)
        case .cri:
            emit(text, stream, held.timestamp, now, held.start, &scratch, &batch)
        case .plain:
            var record = Array("{\"log\":\"".utf8)
            record.append(contentsOf: text)
            record.append(contentsOf: "\",\"stream\":\"\(name)\"}".utf8)
            emit(scratch.copy(record), nil, held.timestamp, now, held.start, &scratch, &batch)
        }
    }

    /// The held text with the last piece behind it, within the limit.
    private mutating func splice(
        _ held: PartialJoiner.Held, _ last: UnsafeRawBufferPointer, _ scratch: inout ScratchArena
    ) -> UnsafeRawBufferPointer {
        let room = max(0, lineBytesMax - held.text.count)
        if held.isCut || last.count > room { linesCut += 1 }
        var joined = held.text
        joined.append(contentsOf: last.prefix(room))
        return scratch.copy(joined)
    }

    private func unescape(
        _ text: UnsafeRawBufferPointer, _ scratch: inout ScratchArena
    ) -> UnsafeRawBufferPointer {
        let written = JSONEscapes.unescape(text, 0..<text.count, to: scratch.reserve(text.count))
        return scratch.commit(written)
    }

    // MARK: Container runtimes

    /// `2026-11-21T06:42:13.44608Z stdout F text`; the flag P marks a piece of a line that goes on.
    private mutating func takeCRI(
        _ line: UnsafeRawBufferPointer, _ point: FilePoint, _ readTime: Int64, _ scratch: inout ScratchArena,
        _ batch: inout PushBatch
    ) {
        guard let first = line.firstIndex(of: 0x20), let second = line[(first + 1)...].firstIndex(of: 0x20),
            let third = line[(second + 1)...].firstIndex(of: 0x20) ?? (second + 1 < line.count ? line.count : nil),
            let timestamp = RFC3339Time.parse(line.part(0..<first)), third > second + 1
        else {
            parsingErrors += 1
            return emit(line, nil, readTime, readTime, point, &scratch, &batch)
        }
        let stream = line.part(first + 1..<second)
        let text = line.part(min(third + 1, line.count)..<line.count)
        let output = PartialJoiner.Output(stream)
        if line[second + 1] == UInt8(ascii: "P") {
            joiner.add(
                text, to: output, at: point, timestamp: timestamp, now: readTime, limit: runner.pieceBytesMax)
            return
        }
        guard let held = joiner.take(output) else {
            return emit(text, stream, timestamp, readTime, point, &scratch, &batch)
        }
        emit(splice(held, text, &scratch), stream, timestamp, readTime, held.start, &scratch, &batch)
    }

    @inline(__always)
    private mutating func emit(
        _ line: UnsafeRawBufferPointer, _ stream: UnsafeRawBufferPointer?, _ timestamp: Int64, _ readTime: Int64,
        _ start: FilePoint, _ scratch: inout ScratchArena, _ batch: inout PushBatch
    ) {
        runner.accept(
            line, stream: stream, timestamp: timestamp, readTime: readTime, start: start, &scratch, &batch)
    }
}
