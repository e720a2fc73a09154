internal import GRDB

/// Why a catalogue could not be read or written: the database's path, the statement, and SQLite's reason.
public struct CatalogueError: Error, Sendable, CustomStringConvertible {
    /// The path of the database.
    public let path: String
    /// The statement that failed; nil when none was running.
    public let sql: String?
    /// SQLite's message, or ours when the contents make no sense.
    public let reason: String
    /// Whether the disk is full, which passes, while everything else needs a look.
    public let isDiskFull: Bool
    /// Whether the bytes are damaged: SQLite finds so, or the contents contradict themselves.
    public let isDamaged: Bool

    /// Creates an error about what was found in a catalogue.
    public init(
        path: String, sql: String? = nil, reason: String, isDiskFull: Bool = false, isDamaged: Bool = false
    ) {
        self.path = path
        self.sql = sql
        self.reason = reason
        self.isDiskFull = isDiskFull
        self.isDamaged = isDamaged
    }

    /// `catalogue ./data/weir.db: database disk image is malformed, at: SELECT …`
    public var description: String {
        let statement = sql?.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        return "catalogue \(path): \(reason)" + (statement.map { ", at: \($0)" } ?? "")
    }

    /// Our statements never change, so one that does not fit the tables has found other tables.
    private static let damageCodes: [ResultCode] = [.SQLITE_NOTADB, .SQLITE_CORRUPT, .SQLITE_ERROR]

    /// Runs `body` and turns whatever GRDB throws into a `CatalogueError` about `path`.
    static func naming<Result>(_ path: String, _ body: () throws -> Result) throws(CatalogueError) -> Result {
        do {
            return try body()
        } catch let error as CatalogueError {
            throw error
        } catch let error as DatabaseError {
            let code = error.resultCode.primaryResultCode
            throw CatalogueError(
                path: path, sql: error.sql, reason: error.message ?? "\(error.resultCode)",
                isDiskFull: code == .SQLITE_FULL, isDamaged: damageCodes.contains(code))
        } catch {
            throw CatalogueError(path: path, reason: "\(error)", isDamaged: error is RowDecodingError)
        }
    }
}
