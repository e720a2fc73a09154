/// Something that a look at every byte of a data folder found.
public struct StoreFinding: Sendable, Equatable, CustomStringConvertible {
    /// What it means for the lines.
    public enum Kind: String, Sendable {
        /// Bytes are not what was written; the lines they held are lost unless a backup has them.
        case damaged
        /// A listed file is not there; its lines are lost unless a backup has them.
        case missing
        /// A file or folder that was set aside and is in no answer.
        case setAside
    }

    /// What it means.
    public var kind: Kind
    /// The file or folder.
    public var path: String
    /// What is wrong and where in the file.
    public var reason: String

    /// `damaged ./data/parts/20261121/01J….wseg: …`
    public var description: String { "\(kind.rawValue) \(path): \(reason)" }
}

/// How far a long look or copy is.
public struct CareProgress: Sendable, Equatable {
    /// What is at hand.
    public var path: String
    /// Bytes done and all there are, as far as known.
    public var bytesDone: Int
    /// All bytes.
    public var bytesTotal: Int
}
