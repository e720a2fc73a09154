internal import WeirModel
internal import WeirRegex

/// Takes the lines of one path through the stages of its plan into the open batch.
///
/// Belongs to the follower's thread. What stages remember between lines lives here, so that files do not mix. A struct,
/// because every access to a class' property in the loop over lines would be checked for exclusivity.
struct StageRunner {
    private let plan: StagePlan
    private let limits: AgentLimits
    /// Labels at the start of each line, and the values that a plan may read from them.
    private let initialLabels: [UnsafeRawBufferPointer?]
    private let initialValues: [UnsafeRawBufferPointer?]
    /// Owns the bytes of the two above.
    private let texts: [FixedBytes]
    private let labelNames: [String]
    /// The slots whose values tell the path's streams apart.
    private let keySlots: [Int]
    private let trimsNewline: Bool

    private var work = EntryWork()
    private var streams = StreamCache()
    private var lastTimestamp: Int64?
    /// Blocks that a multiline stage holds, by the stage's place and the entry's labels.
    private var blocks: [BlockKey: MultilineBlock] = [:]
    private var random: UInt64
    /// Where the series of an entry are in a metrics stage, by the stage's place and the entry's labels.
    private var metricPlaces: [BlockKey: Int] = [:]
    /// Until when no further line should be read, because a rate is used up.
    private(set) var pausedUntil = Int64.min
    /// Watches entries between stages; nil except in a dry run.
    private let observer: (any StageObserver)?
    /// Where the parts of Docker's records go when the first stage only takes those out; nil when it does more.
    private let dockerSlots: DockerSlots?
    /// What the observer is told about slots.
    private let names: StageNames

    /// What happened to lines since the last look.
    private(set) var tally = StageTally()

    private struct BlockKey: Hashable {
        var stage: Int
        var labels: [UInt8]
    }

    /// - Parameters:
    ///   - labels: the labels of the path after relabelling.
    ///   - trimsNewline: whether a newline at the end of an entry is cut off, as Docker's records have one.
    ///   - observer: watches entries between stages.
    init(
        _ plan: StagePlan, labels: LabelSet, limits: AgentLimits, trimsNewline: Bool,
        observer: (any StageObserver)? = nil
    ) {
        self.observer = observer
        // A dry run shows the stage at work.
        if observer == nil, case .json(let stage)? = plan.stages.first {
            dockerSlots = stage.dockerSlots
        } else {
            dockerSlots = nil
        }
        self.plan = plan
        self.limits = limits
        self.trimsNewline = trimsNewline
        var names = plan.labels
        var texts: [FixedBytes] = []
        var bySlot: [Int: UnsafeRawBufferPointer] = [:]
        var values = [UnsafeRawBufferPointer?](repeating: nil, count: plan.values.names.count)
        for label in labels.labels {
            let text = FixedBytes(label.value)
            texts.append(text)
            bySlot[names.slot(label.name)] = text.bytes
            // Promtail's extracted values begin as a copy of the labels.
            if let slot = plan.values.find(label.name) { values[slot] = text.bytes }
        }
        self.texts = texts
        labelNames = names.names
        self.names = StageNames(
            stages: plan.stageNames, labels: names.names, values: plan.values.names, metadata: plan.metadata.names)
        initialLabels = names.names.indices.map { bySlot[$0] }
        initialValues = values
        keySlots = plan.removesOtherLabels ? Array(names.names.indices) : plan.changingLabels.sorted()
        work.values = values
        work.labels = initialLabels
        random = labels.fingerprint | 1
    }

    /// How the reader takes records apart.
    var record: StagePlan.RecordForm { plan.record }
    /// The longest line that pieces are joined to.
    var pieceBytesMax: Int { min(plan.pieceBytesMax ?? .max, limits.lineBytesMax) }

    /// Takes one line through all stages.
    ///
    /// - Parameters:
    ///   - stream: the value of the label `stream`, when the reader knows it.
    ///   - start: where the line's first byte lies, for stages that hold it back.
    mutating func accept(
        _ line: UnsafeRawBufferPointer, stream: UnsafeRawBufferPointer?, timestamp: Int64, readTime: Int64,
        start: FilePoint, _ scratch: inout ScratchArena, _ batch: inout PushBatch
    ) {
        begin(line, timestamp, readTime)
        if let stream, let label = plan.streamLabel {
            work.labels[label] = stream
            if let value = plan.streamValue { work.values[value] = stream }
        }
        proceed(from: 0, start: start, &scratch, &batch)
    }

    /// Takes one of Docker's records through all stages, when the pipeline takes it apart itself.
    mutating func acceptRecord(
        _ record: DockerLine, _ line: UnsafeRawBufferPointer, timestamp: Int64?, readTime: Int64, start: FilePoint,
        _ scratch: inout ScratchArena, _ batch: inout PushBatch
    ) {
        begin(line, timestamp ?? readTime, readTime)
        guard let slots = dockerSlots else { return proceed(from: 0, start: start, &scratch, &batch) }
        if !slots.log.isEmpty {
            let value: UnsafeRawBufferPointer
            if record.firstEscape >= record.log.upperBound {
                value = line.part(record.log)
            } else {
                let room = scratch.reserve(record.log.count)
                value = scratch.commit(JSONEscapes.unescape(line, record.log, to: room))
            }
            for slot in slots.log { work.values[slot] = value }
        }
        if !record.stream.isEmpty { for slot in slots.stream { work.values[slot] = line.part(record.stream) } }
        if !record.time.isEmpty {
            let time = line.part(record.time)
            for slot in slots.time { work.values[slot] = time }
            if let timestamp { work.known = (time, timestamp) }
        }
        proceed(from: 1, start: start, &scratch, &batch)
    }

    @inline(__always)
    private mutating func begin(_ line: UnsafeRawBufferPointer, _ timestamp: Int64, _ readTime: Int64) {
        for index in 0..<initialValues.count { work.values[index] = initialValues[index] }
        for index in 0..<initialLabels.count { work.labels[index] = initialLabels[index] }
        if !work.metadata.isEmpty { work.metadata.removeAll(keepingCapacity: true) }
        work.tenant = nil
        work.known = nil
        work.line = line
        work.timestamp = timestamp
        work.readTime = readTime
    }

    /// Hands on blocks whose next line did not come in time, or all of them.
    mutating func flushBlocks(now: Int64, all: Bool, _ scratch: inout ScratchArena, _ batch: inout PushBatch) {
        guard !blocks.isEmpty else { return }
        for (key, block) in blocks.sorted(by: { $0.value.start < $1.value.start }) {
            guard case .multiline(let stage) = plan.stages[key.stage] else { continue }
            guard all || now - block.lastAdded >= stage.waitMax else { continue }
            blocks[key] = nil
            scratch.reset()
            block.restore(into: &work, &scratch)
            proceed(from: key.stage + 1, start: block.start, &scratch, &batch)
        }
    }

    /// The earliest point of the path's files that a held block still needs.
    var earliestHeld: FilePoint? {
        blocks.isEmpty ? nil : blocks.values.map(\.start).min()
    }

    /// Returns what was counted since the last call.
    mutating func takeTally() -> StageTally {
        defer { tally = StageTally() }
        return tally
    }

    private mutating func proceed(
        from first: Int, start: FilePoint, _ scratch: inout ScratchArena, _ batch: inout PushBatch
    ) {
        observer?.began(work, names)
        var index = first
        while index < plan.stages.count {
            let outcome: StageOutcome
            switch plan.stages[index] {
            case .multiline(let stage): outcome = join(stage, at: index, start: start, &scratch)
            case .match(let stage, let end):
                outcome = judge(stage)
                observer?.passed(index, work, outcome, names)
                guard case .proceed = outcome else { return }
                index = stage.accepts(work) ? index + 1 : end
                continue
            case .metrics(let stage):
                measure(stage, at: index)
                outcome = .proceed
            case let stage: outcome = run(stage, &scratch)
            }
            observer?.passed(index, work, outcome, names)
            guard case .proceed = outcome else { return }
            index += 1
        }
        emit(&batch)
    }

    /// Drops a matching line where that is what the stage is for.
    private mutating func judge(_ stage: MatchStage) -> StageOutcome {
        guard stage.drops, stage.accepts(work) else { return .proceed }
        tally.drop(stage.reason)
        return .dropped
    }

    private mutating func measure(_ stage: MetricsStage, at index: Int) {
        let key = BlockKey(stage: index, labels: streamKey())
        let place: Int
        if let known = metricPlaces[key] {
            place = known
        } else {
            guard let new = stage.place(of: presentLabels()) else { return tally.drop("metric_series") }
            metricPlaces[key] = new
            place = new
        }
        stage.run(work, place: place)
    }

    private mutating func run(_ stage: CompiledStage, _ scratch: inout ScratchArena) -> StageOutcome {
        switch stage {
        case .json(let stage):
            let outcome = stage.run(&work, &scratch)
            if case .dropped = outcome { tally.drop("malformed_json") }
            return outcome
        case .logfmt(let stage): stage.run(&work, &scratch)
        case .regex(let stage): stage.run(&work)
        case .timestamp(let stage): stage.run(&work, last: &lastTimestamp)
        case .output(let slot): if let value = work.values[slot] { work.line = value }
        case .labels(let pairs):
            for pair in pairs { if let value = work.values[pair.value] { work.labels[pair.label] = value } }
        case .staticLabels(let pairs): for pair in pairs { work.labels[pair.label] = pair.value.bytes }
        case .labelDrop(let slots): for slot in slots { work.labels[slot] = nil }
        case .labelAllow(let kept):
            for slot in work.labels.indices where !kept.contains(slot) { work.labels[slot] = nil }
        case .structuredMetadata(let sources): for source in sources { addMetadata(source) }
        case .drop(let stage):
            if stage.drops(work, &scratch) {
                tally.drop(stage.reason)
                return .dropped
            }
        case .replace(let stage): stage.run(&work, names: plan.values.names, &scratch)
        case .template(let stage): stage.run(&work, names: plan.values.names, &scratch)
        case .eventLog(let stage): stage.run(&work, plan.values, &scratch)
        case .limit(let stage): return limit(stage)
        case .tenant(let source): setTenant(source)
        case .decolorize: work.line = Decolorize.run(work.line, &scratch)
        case .sampling(let rate):
            if nextFraction() >= rate {
                tally.drop("sampling_stage")
                return .dropped
            }
        case .pack(let stage): stage.run(&work, &scratch)
        case .docker(let label): unpackDocker(label, &scratch)
        case .multiline, .match, .metrics: break  // handled by the caller, which knows the stage's place
        }
        return .proceed
    }

    private mutating func limit(_ stage: LimitStage) -> StageOutcome {
        switch stage.judge(work) {
        case .pass: return .proceed
        case .passThenWait(let instant):
            pausedUntil = max(pausedUntil, instant)
            return .proceed
        case .drop:
            tally.drop(LimitStage.reason)
            return .dropped
        }
    }

    /// Adds the line to its block, or closes that and lets it proceed while the line begins the next one.
    private mutating func join(
        _ stage: MultilineStage, at index: Int, start: FilePoint, _ scratch: inout ScratchArena
    ) -> StageOutcome {
        let key = BlockKey(stage: index, labels: streamKey())
        let begins = stage.pattern.matches(work.line)
        guard var block = blocks[key] else {
            // Lines before the first beginning are no block's: they go on as they are.
            guard begins else { return .proceed }
            blocks[key] = MultilineBlock(work, at: start, now: work.readTime)
            return .held
        }
        if !begins, block.lineCount < stage.linesMax, block.text.count + work.line.count < limits.lineBytesMax {
            blocks[key] = nil  // so that the array below has one owner and grows in place
            block.text.append(UInt8(ascii: "\n"))
            block.text.append(contentsOf: work.line)
            block.lineCount += 1
            block.lastAdded = work.readTime
            blocks[key] = block
            return .held
        }
        blocks[key] = MultilineBlock(work, at: start, now: work.readTime)
        block.restore(into: &work, &scratch)
        return .proceed
    }

    private mutating func addMetadata(_ source: MetadataSource) {
        if let label = work.labels[source.label] {
            work.metadata.append((source.name, label))
            work.labels[source.label] = nil
        } else if let value = work.values[source.value] {
            work.metadata.append((source.name, value))
        }
    }

    private mutating func setTenant(_ source: TenantStage) {
        switch source {
        case .label(let slot): work.tenant = work.labels[slot] ?? work.tenant
        case .value(let slot): work.tenant = work.values[slot] ?? work.tenant
        case .fixed(let text): work.tenant = text.bytes
        }
    }

    /// A `docker` stage behind others: the record is the line by now. Pieces are not joined here.
    private mutating func unpackDocker(_ label: Int, _ scratch: inout ScratchArena) {
        guard let record = DockerLine(work.line) else { return }
        let bytes = work.line
        if !record.stream.isEmpty { work.labels[label] = bytes.part(record.stream) }
        if let time = RFC3339Time.parse(bytes.part(record.time)) { work.timestamp = time }
        let written = JSONEscapes.unescape(bytes, record.body, to: scratch.reserve(record.body.count))
        work.line = scratch.commit(written)
    }

    private mutating func emit(_ batch: inout PushBatch) {
        if trimsNewline, work.line.last == UInt8(ascii: "\n") { work.line = work.line.part(0..<work.line.count - 1) }
        if work.line.count > limits.lineBytesMax {
            work.line = work.line.part(0..<limits.lineBytesMax)
            tally.linesCut += 1
        }
        observer?.ended(work, names)
        streams.begin(batch.generation)
        let stream = streams.find(work, keySlots) ?? addStream(&batch)
        for pair in work.metadata { batch.addMetadata(name: plan.metadata.names[pair.name], value: pair.value) }
        batch.append(stream: stream, timestamp: work.timestamp, line: work.line)
        tally.linesEmitted += 1
    }

    private mutating func addStream(_ batch: inout PushBatch) -> UInt32 {
        let stream = batch.stream(presentLabels(), tenant: work.tenant.map(\.text))
        streams.remember(stream)
        return stream
    }

    private func presentLabels() -> LabelSet {
        var labels: [Label] = []
        for (index, value) in work.labels.enumerated() {
            guard let value, !value.isEmpty else { continue }
            labels.append(Label(labelNames[index], value.text))
        }
        return LabelSet(labels)
    }

    private func streamKey() -> [UInt8] {
        var key: [UInt8] = []
        StreamCache.appendKey(work, keySlots, to: &key)
        return key
    }

    /// A number in 0..<1, the same sequence for the same labels: sampling needs no secrets.
    private mutating func nextFraction() -> Double {
        random ^= random << 13
        random ^= random >> 7
        random ^= random << 17
        return Double(random >> 11) * 0x1p-53
    }
}

/// What happened to lines on their way through the stages.
struct StageTally {
    /// Entries that reached the batch.
    var linesEmitted = 0
    /// Entries that were cut at the limit.
    var linesCut = 0
    /// Dropped entries by reason.
    var dropped: [String: Int] = [:]

    /// Counts a dropped entry.
    mutating func drop(_ reason: String) { dropped[reason, default: 0] += 1 }
}
