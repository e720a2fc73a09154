/// What a query wants to know of lines before, or instead of, seeing them: the joint through which `| json | status >=
/// 500` reads one column of a block that keeps its lines taken apart.
///
/// A store that keeps lines as a fixed text with holes asks ``holes(of:holes:)`` once per kind of line, delivers the
/// values of those holes as ``LineBatch/fields``, and builds the lines only of rows that ``wantedRows(of:)`` leaves. A
/// store that keeps whole lines ignores all this and delivers every row with its line and without fields; so does one
/// that cannot test the literals of a selection with ``Selection/skipsTestedLines``. Called from all workers at once.
public protocol FieldReading: Sendable {
    /// How many fields are read; ``LineBatch/fields`` has as many columns or none.
    var fieldCount: Int { get }

    /// Where the fields stand in lines that are made like `sample`.
    ///
    /// What stands in a hole never changes how the rest of a line is read. Between quotes of the sample it has no quote
    /// that is not escaped, and no half of an escape. Elsewhere it is a whole number, `true`, `false`, `null` or array
    /// where the sample is a JSON object, and has neither space, quote nor `=` where it is not.
    ///
    /// - Parameters:
    ///   - sample: one line of the kind. All others have the same bytes outside the holes.
    ///   - holes: the changing parts, as ranges of the sample, ascending and without overlap.
    /// - Returns: for each field the hole whose bytes are the raw text of its value, or nil when no line of the kind has
    ///   the field; nil altogether when lines of the kind have to be read one by one.
    func holes(of sample: UnsafeRawBufferPointer, holes: [Range<Int>]) -> [FieldHole?]?

    /// The rows that may be wanted, ascending, judged by everything but their lines; nil means all.
    ///
    /// Lines of the batch are not there yet. A row with an unread field must be kept.
    func wantedRows(of batch: borrowing LineBatch) -> [UInt32]?
}

/// Where a field stands in lines of one kind.
public struct FieldHole: Sendable, Equatable {
    /// The hole, counted from 0.
    public var hole: Int
    /// How its text is to be understood (quoted, a number, …), in a code of the query's own; it comes back with the
    /// values.
    public var form: UInt8

    /// Names a hole.
    public init(hole: Int, form: UInt8) {
        self.hole = hole
        self.form = form
    }
}

/// The values of one field in a batch.
public struct FieldColumn: Sendable {
    /// The code of a row whose line does not have the field.
    public static let absent = UInt32.max
    /// The code of a row whose line has to be parsed to know; all fields of such a row are unread, and it has its line.
    public static let unread = UInt32.max - 1

    /// The different values; two may have equal bytes.
    public var values: [FieldValue]
    /// For each row its position in `values`, ``absent`` or ``unread``.
    public var codes: [UInt32]

    /// Creates a column from its parts.
    public init(values: [FieldValue] = [], codes: [UInt32] = []) {
        self.values = values
        self.codes = codes
    }
}

/// The raw text of a value, as a range of the batch's arena.
public struct FieldValue: Sendable {
    /// Where it starts in `bytes`.
    public var offset: UInt32
    /// Its length in bytes.
    public var length: UInt32
    /// What ``FieldHole/form`` said.
    public var form: UInt8

    /// Creates a value from its parts.
    public init(offset: UInt32, length: UInt32, form: UInt8) {
        self.offset = offset
        self.length = length
        self.form = form
    }
}
