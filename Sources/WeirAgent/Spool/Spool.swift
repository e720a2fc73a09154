internal import Synchronization
internal import WeirModel
internal import WeirSystem

/// Batches on disk between reading and delivery, in files of a folder beside the positions.
///
/// One thread puts batches in; whoever delivers reads and removes them. A batch that is put in is durable, and so is how
/// far files are read with it, because both stand in one record.
package final class Spool: Sendable {
    /// Where a batch lies.
    struct Place: Sendable {
        /// The batch's number.
        var number: UInt64
        var file: String
        var offset: Int
        var byteCount: Int
        /// When it was written, nanoseconds since 1970 UTC.
        var created: Int64
        var lineCount: Int
        var lineBytes: Int
        /// Where its first parcel comes from.
        var origin: PushOrigin
    }

    /// What the last run left.
    struct Remains: Sendable {
        /// Batches to deliver, in order.
        var places: [Place] = []
        /// How far files are read, in the order it was written; only of batches that the positions do not know.
        var marks: [PositionRecord] = []
        /// What is damaged.
        var problems: [String] = []
    }

    private struct State {
        var open: (any File)?
        var openName = ""
        var openSize = 0
        /// How many batches of each file are not done with.
        var pending: [String: Int] = [:]
        var nextNumber: UInt64
        var nextSequence: UInt64 = 1
        var bytes = 0
    }

    /// The size at which a new file is begun. A larger one keeps what was delivered for longer, a smaller one makes
    /// files more often.
    private static let fileBytesMax = 4 << 20
    private static let ending = ".spool"

    private let folder: String
    private let files: any FileSystem
    /// A new one in every run: a sequence that went on where an older copy of the folder ends would name other lines.
    private let sender: UInt128
    private let state: Mutex<State>

    /// Opens a spool and reads what is in it; the folder need not exist.
    ///
    /// - Parameter progress: what the positions know of it.
    static func open(
        _ folder: String, on files: any FileSystem, progress: SpoolProgress, random: any RandomSource
    ) throws(FileError) -> (spool: Spool, remains: Remains) {
        var remains = Remains()
        var last = max(progress.applied, progress.delivered)
        var pending: [String: Int] = [:]
        for name in try names(in: folder, files) {
            let path = folder + "/" + name
            let bytes = try files.contents(of: path)
            var offset = 0
            while offset < bytes.count {
                let found = bytes.withUnsafeBytes { SpoolRecord.read(UnsafeRawBufferPointer(rebasing: $0[offset...])) }
                guard let (record, byteCount) = found else {
                    // What was being written when the machine stopped was never sent, and its lines are read again.
                    remains.problems.append("\(path) is not whole from byte \(offset) on")
                    break
                }
                last = max(last, record.number)
                if record.number > progress.applied { remains.marks += record.marks }
                if record.number > progress.delivered {
                    remains.places.append(place(of: record, in: name, at: offset, byteCount))
                    pending[name, default: 0] += 1
                }
                offset += byteCount
            }
            if pending[name] == nil { try files.remove(path) }
        }
        let sender = UInt128(random.next()) << 64 | UInt128(random.next())
        var state = State(nextNumber: last + 1)
        state.pending = pending
        state.bytes = remains.places.reduce(0) { $0 + $1.byteCount }
        return (Spool(folder: folder, files: files, sender: sender, state: state), remains)
    }

    private init(folder: String, files: any FileSystem, sender: UInt128, state: consuming State) {
        self.folder = folder
        self.files = files
        self.sender = sender
        self.state = Mutex(state)
    }

    /// Bytes of batches that are not done with.
    var bytes: Int { state.withLock { $0.bytes } }

    /// Writes a batch; durable on return.
    func put(_ parcels: [PushParcel], marks: [PositionRecord], now: Int64) throws(FileError) -> Place {
        try state.withLock { (state) throws(FileError) in
            let origin = PushOrigin(sender: sender, sequence: state.nextSequence)
            let record = SpoolRecord(
                number: state.nextNumber, created: now, origin: origin, marks: marks, parcels: parcels)
            let bytes = record.encoded()
            if state.open == nil || state.openSize >= Spool.fileBytesMax { try begin(&state) }
            guard let file = state.open else { preconditionFailure("a file was begun") }
            let offset = state.openSize
            do throws(FileError) {
                try bytes.withUnsafeBufferPointer { (room) throws(FileError) in
                    try file.write(UnsafeRawBufferPointer(room), at: offset)
                }
                try file.sync()
            } catch {
                // What the disk holds of it is not known; the next batch goes to another file.
                close(&state)
                throw error
            }
            state.openSize += bytes.count
            state.bytes += bytes.count
            state.nextNumber += 1
            state.nextSequence += UInt64(parcels.count)
            state.pending[state.openName, default: 0] += 1
            return Spool.place(of: record, in: state.openName, at: offset, bytes.count)
        }
    }

    /// Reads a batch's parcels, each with its origin.
    func parcels(at place: Place) throws(FileError) -> [PushParcel]? {
        let file = try files.open(folder + "/" + place.file, .read)
        defer { file.close() }
        var failure: FileError?
        let bytes = [UInt8](unsafeUninitializedCapacity: place.byteCount) { room, count in
            do throws(FileError) {
                count = try file.read(into: UnsafeMutableRawBufferPointer(room), at: place.offset)
            } catch {
                failure = error
            }
        }
        if let failure { throw failure }
        return bytes.withUnsafeBytes { SpoolRecord.read($0) }.map {
            Spool.numbered($0.record.parcels, $0.record.origin)
        }
    }

    /// The parcels with the origins under which they are sent.
    static func numbered(_ parcels: [PushParcel], _ first: PushOrigin) -> [PushParcel] {
        parcels.enumerated().map { index, parcel in
            var numbered = parcel
            numbered.origin = PushOrigin(sender: first.sender, sequence: first.sequence + UInt64(index))
            return numbered
        }
    }

    /// Forgets a batch that was delivered or dropped; a file of which all are goes.
    func remove(_ place: Place) {
        state.withLock { state in
            state.bytes -= place.byteCount
            let rest = (state.pending[place.file] ?? 1) - 1
            state.pending[place.file] = rest == 0 ? nil : rest
            // A file that cannot be removed now is removed by the next opening.
            if rest == 0, place.file != state.openName { try? files.remove(folder + "/" + place.file) }
        }
    }

    /// Ends writing. A spool of which everything is delivered leaves no file.
    func close() {
        state.withLock { close(&$0) }
    }

    private func close(_ state: inout State) {
        state.open?.close()
        if state.open != nil, state.pending[state.openName] == nil {
            try? files.remove(folder + "/" + state.openName)
        }
        state.open = nil
        state.openName = ""
    }

    private func begin(_ state: inout State) throws(FileError) {
        try files.createFolder(folder)
        close(&state)
        let digits = String(state.nextNumber, radix: 16)
        let name = String(repeating: "0", count: 16 - digits.utf8.count) + digits + Spool.ending
        let file = try files.open(folder + "/" + name, .create)
        try files.syncFolder(folder)
        (state.open, state.openName, state.openSize) = (file, name, 0)
    }

    private static func names(in folder: String, _ files: any FileSystem) throws(FileError) -> [String] {
        guard try files.status(folder) != nil else { return [] }
        return try files.list(folder).filter { $0.hasSuffix(ending) }
    }

    private static func place(of record: SpoolRecord, in file: String, at offset: Int, _ byteCount: Int) -> Place {
        Place(
            number: record.number, file: file, offset: offset, byteCount: byteCount, created: record.created,
            lineCount: record.parcels.reduce(0) { $0 + $1.lineCount },
            lineBytes: record.parcels.reduce(0) { $0 + $1.lineBytes }, origin: record.origin)
    }
}
