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

    /// Creates an error about what was found in a catalogue.
    public init(path: String, sql: String? = nil, reason: String, isDiskFull: Bool = false) {
        self.path = path
        self.sql = sql
        self.reason = reason
        self.isDiskFull = isDiskFull
    }

    /// `catalogue ./data/weir.db: database disk image is malformed, at: SELECT …`
    public var description: String {
        "catalogue \(path): \(reason)" + (sql.map { ", at: \($0)" } ?? "")
    }

    /// Runs `body` and turns whatever GRDB throws into a `CatalogueError` about `path`.
    static func naming<Result>(_ path: String, _ body: () throws -> Result) throws(CatalogueError) -> Result {
        do {
            return try body()
        } catch let error as CatalogueError {
            throw error
        } catch let error as DatabaseError {
            throw CatalogueError(
                path: path, sql: error.sql, reason: error.message ?? "\(error.resultCode)",
                isDiskFull: error.resultCode.primaryResultCode == .SQLITE_FULL)
        } catch {
            throw CatalogueError(path: path, reason: "\(error)")
        }
    }
}
