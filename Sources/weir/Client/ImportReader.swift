internal import WeirAPI
internal import WeirBytes
internal import WeirModel

/// Turns the lines of an imported file into rows: JSON objects as `weir export` prints them, or plain text.
struct ImportReader {
    /// What a file holds.
    enum Form {
        /// One object a line: `timestamp`, `labels`, `line`, and perhaps `metadata`.
        case objects
        /// One log line a line; the time is what the line starts with, if that is RFC 3339.
        case text
    }

    /// Why a line cannot be taken.
    struct Fault: Error {
        var reason: String
    }

    /// The rows taken since the last ``reset()``.
    private(set) var batch = LineBatch()
    private let labels: LabelSet
    private var form: Form?
    private var streams: [LabelSet: UInt32] = [:]
    /// The time of lines that carry none: the one before, or at first the time of the import.
    private var latest: Int64

    /// - Parameters:
    ///   - form: what the file holds; nil decides by its first line.
    ///   - labels: added to every row; they win over the row's own.
    init(form: Form?, labels: LabelSet, now: Int64) {
        self.form = form
        self.labels = labels
        latest = now
    }

    /// Bytes of rows waiting in ``batch``.
    var bytes: Int { batch.bytes.count }

    /// Forgets the rows, which the caller has sent.
    mutating func reset() {
        batch.removeAll()
        streams.removeAll(keepingCapacity: true)
    }

    /// Takes one line without its line feed; empty ones are passed over.
    mutating func take(_ line: UnsafeRawBufferPointer) throws(Fault) {
        guard !line.isEmpty else { return }
        let form = form ?? (line[0] == UInt8(ascii: "{") && ImportedObject.isOne(line) ? .objects : .text)
        self.form = form
        switch form {
        case .objects: try takeObject(line)
        case .text: try takeText(line)
        }
    }

    private mutating func takeText(_ line: UnsafeRawBufferPointer) throws(Fault) {
        guard !labels.isEmpty else { throw Fault(reason: "plain text needs labels; pass --label name=value") }
        let word = line.prefix { $0 != UInt8(ascii: " ") && $0 != UInt8(ascii: "\t") }
        if (20...40).contains(word.count), let time = TimeText.parse(String(decoding: word, as: UTF8.self)) {
            latest = time
        }
        batch.appendRow(stream: stream(labels), timestamp: latest, copying: line)
    }

    private mutating func takeObject(_ line: UnsafeRawBufferPointer) throws(Fault) {
        let object: ImportedObject
        do {
            object = try ImportedObject(line)
        } catch {
            throw Fault(reason: "\(error)")
        }
        guard let text = object.line else { throw Fault(reason: "the object has no line") }
        var all = object.labels
        for label in labels.labels { all[label.name] = label.value }
        guard !all.isEmpty else { throw Fault(reason: "the object has no labels; pass --label name=value") }
        if let time = object.timestamp { latest = time }
        let stream = stream(all)
        for label in object.metadata.labels { batch.addMetadata(name: label.name.utf8, value: label.value.utf8) }
        batch.appendRow(stream: stream, timestamp: latest, copying: text)
    }

    private mutating func stream(_ labels: LabelSet) -> UInt32 {
        if let known = streams[labels] { return known }
        let number = UInt32(batch.streams.count)
        batch.streams.append(labels)
        streams[labels] = number
        return number
    }
}
