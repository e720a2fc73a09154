public import WeirModel
public import WeirSystem

/// Takes lines through a configuration's stages and shows what becomes of them; nothing is sent and nothing saved.
public final class DryRun {
    /// A file that the configuration means.
    public struct Target: Sendable, Hashable {
        /// Its path.
        public var path: String
        /// Its labels before the first stage.
        public var labels: LabelSet
    }

    private let configuration: AgentConfiguration
    private let targets: FileTargets
    private let system: any FileSystem
    private let clock: any WallClock
    private let records: [PositionRecord]
    private var scratch = ScratchArena()
    private var batch = PushBatch(bytesMax: .max, ageMax: .max)
    private var readerOfLines: LineReader?
    private var unread: [UInt8] = []

    /// Checks the configuration and reads where the last run of the agent was.
    ///
    /// - Throws: ``AgentError`` when the configuration or the positions file cannot be used.
    public init(
        _ configuration: AgentConfiguration, system: any FileSystem, clock: any WallClock = SystemClock()
    ) throws(AgentError) {
        self.configuration = configuration
        self.system = system
        self.clock = clock
        do throws(StageError) {
            targets = try FileTargets(configuration)
        } catch {
            throw .stage(error)
        }
        records = (try Follower.load(configuration.positions, system))?.records ?? []
    }

    /// The files that would be followed, by path.
    public func files() -> [Target] {
        targets.discover(on: system).files.compactMap { found in
            targets.reader(for: found, limits: configuration.limits, on: system).map {
                Target(path: found.path, labels: $0.labels)
            }
        }
    }

    /// Reads what a start of the agent would read now, file by file.
    ///
    /// - Parameter visit: takes each file before its first entry, and each entry with what was done to it.
    public func run(_ visit: @escaping (Target, TracedEntry?) -> Void) throws(FileError) {
        for found in targets.discover(on: system).files {
            guard let made = targets.reader(for: found, limits: configuration.limits, on: system) else { continue }
            let target = Target(path: found.path, labels: made.labels)
            visit(target, nil)
            let trace = StageTrace { visit(target, $0) }
            guard
                var reader = targets.reader(for: found, limits: configuration.limits, on: system, observer: trace)?
                    .reader
            else { continue }
            let file = try targets.system(for: found, system).open(found.path, .read)
            defer { file.close() }
            let identity = FileIdentity(found.status)
            let record = records.first { $0.identity == identity || ($0.identity == nil && $0.path == found.path) }
            try read(file, from: record?.offset ?? 0, &reader)
        }
    }

    private func read(_ file: any File, from start: Int, _ reader: inout LineReader) throws(FileError) {
        var offset = start
        var room = [UInt8](repeating: 0, count: max(64 << 10, configuration.limits.lineBytesMax))
        while true {
            var failure: FileError?
            let (count, taken) = room.withUnsafeMutableBytes { buffer -> (Int, Int) in
                do throws(FileError) {
                    let count = try file.read(into: buffer, at: offset)
                    let bytes = UnsafeRawBufferPointer(rebasing: buffer[..<count])
                    let point = FilePoint(file: FileKey(0), offset: offset)
                    var taken = reader.take(bytes, start: point, now: clock.now(), &scratch, &batch)
                    // The rest is a last line without its newline, or more than a line may have.
                    if taken == 0, count > 0 {
                        scratch.reset()
                        reader.takeLine(bytes, point, clock.now(), &scratch, &batch)
                        taken = count
                    }
                    return (count, taken)
                } catch {
                    failure = error
                    return (0, 0)
                }
            }
            if let failure { throw failure }
            _ = batch.seal()
            guard count > 0 else { break }
            offset += taken
        }
        reader.flush(now: clock.now(), olderThan: 0, all: true, &scratch, &batch)
    }

    /// Takes lines that come from somewhere else through the stages of a job.
    ///
    /// - Parameters:
    ///   - job: the job's name; nil takes the first.
    ///   - visit: takes each entry with what was done to it, also of later calls of ``feed(_:)``.
    /// - Returns: the labels of the lines; nil when there is no such job.
    public func begin(job: String? = nil, _ visit: @escaping (TracedEntry) -> Void) -> LabelSet? {
        let trace = StageTrace(visit)
        guard let made = targets.readerOfLines(job: job, limits: configuration.limits, observer: trace) else {
            return nil
        }
        readerOfLines = made.reader
        return made.labels
    }

    /// Takes bytes; a line is taken when its newline came.
    public func feed(_ bytes: [UInt8]) {
        unread += bytes
        guard var reader = readerOfLines else { return }
        readerOfLines = nil
        let taken = unread.withUnsafeBytes { raw in
            reader.take(raw, start: FilePoint(file: FileKey(0), offset: 0), now: clock.now(), &scratch, &batch)
        }
        unread.removeFirst(taken)
        _ = batch.seal()
        readerOfLines = reader
    }

    /// Takes what was fed without a newline at its end, and what stages still hold.
    public func finish() {
        if !unread.isEmpty { feed([UInt8(ascii: "\n")]) }
        guard var reader = readerOfLines else { return }
        readerOfLines = nil
        reader.flush(now: clock.now(), olderThan: 0, all: true, &scratch, &batch)
    }
}
